package org.accrete.drift;

import java.util.Map;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.testkit.DriftDetectorContract;
import org.junit.jupiter.api.Nested;

/** The laws of detectors, for each of ours. */
class DetectorsContractTest {
    @Nested
    class OfAdwin implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new AdwinProvider();
        }
    }

    @Nested
    class OfAdwinOfBothSides implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new AdwinProvider();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("side", "both", "clock", "1", "max-buckets", "3");
        }
    }

    @Nested
    class OfDdm implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new DdmProvider();
        }
    }

    @Nested
    class OfEddm implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new EddmProvider();
        }
    }

    @Nested
    class OfHddmA implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new HddmAProvider();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("side", "both");
        }
    }

    @Nested
    class OfHddmW implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new HddmWProvider();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("side", "both");
        }
    }

    @Nested
    class OfKs implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new KsProvider();
        }
    }

    @Nested
    class OfKswin implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new KswinProvider();
        }
    }

    @Nested
    class OfPageHinkley implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new PageHinkleyProvider();
        }
    }

    @Nested
    class OfPsi implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new PsiProvider();
        }
    }
}
