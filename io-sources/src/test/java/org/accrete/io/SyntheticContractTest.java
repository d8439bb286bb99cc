package org.accrete.io;

import java.util.Map;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.Nested;

class SyntheticContractTest implements ProviderContract {
    @Override
    public Provider provider() {
        return new SyntheticSourceProvider();
    }

    private static ChunkSource open(String kind, Map<String, String> params) {
        SyntheticSourceProvider provider = new SyntheticSourceProvider();
        return provider.open(SourceRequest.of(kind), Params.parse(provider.params(), params));
    }

    @Nested
    class Classification implements SourceContract {
        @Override
        public ChunkSource open() {
            return SyntheticContractTest.open("classification", Map.of("rows", "200", "classes", "3"));
        }
    }

    @Nested
    class Regression implements SourceContract {
        @Override
        public ChunkSource open() {
            return SyntheticContractTest.open("regression", Map.of("rows", "200", "features", "1"));
        }
    }

    @Nested
    class Abrupt implements SourceContract {
        @Override
        public ChunkSource open() {
            return SyntheticContractTest.open("abrupt", Map.of("rows", "200", "classes", "3", "drift-every", "30"));
        }
    }

    @Nested
    class EndlessGradual implements SourceContract {
        @Override
        public ChunkSource open() {
            return SyntheticContractTest.open("gradual", Map.of("rows", "0", "drift-every", "50"));
        }
    }

    @Nested
    class Recurring implements SourceContract {
        @Override
        public ChunkSource open() {
            return SyntheticContractTest.open("recurring", Map.of("rows", "200", "features", "2", "drift-every", "7"));
        }
    }

    @Nested
    class EndlessSea implements SourceContract {
        @Override
        public ChunkSource open() {
            return SyntheticContractTest.open("sea", Map.of("rows", "0", "drift-every", "50"));
        }
    }
}
