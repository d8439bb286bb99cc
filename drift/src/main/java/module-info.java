/** Detectors of drift. Learners that adapt to change may use them, as they use kernels. */
module org.accrete.drift {
    requires transitive org.accrete.api;

    exports org.accrete.drift;

    provides org.accrete.api.drift.DriftDetectorProvider with
            org.accrete.drift.AdwinProvider,
            org.accrete.drift.DdmProvider,
            org.accrete.drift.EddmProvider,
            org.accrete.drift.HddmAProvider,
            org.accrete.drift.HddmWProvider,
            org.accrete.drift.KsProvider,
            org.accrete.drift.KswinProvider,
            org.accrete.drift.PageHinkleyProvider,
            org.accrete.drift.PsiProvider;
}
