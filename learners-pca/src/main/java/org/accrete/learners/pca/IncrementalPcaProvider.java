package org.accrete.learners.pca;

/**
 * Makes learners of the leading principal components, updated by each block of rows. For many columns and few
 * components.
 */
public final class IncrementalPcaProvider extends PcaProvider {
    /** Makes the provider. */
    public IncrementalPcaProvider() {
        super(
                "incremental-pca",
                "leading principal components, updated by each block of rows",
                IncrementalSvd::new,
                false);
    }
}
