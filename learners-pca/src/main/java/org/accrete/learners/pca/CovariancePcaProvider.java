package org.accrete.learners.pca;

/**
 * Makes learners of principal components from the exact covariance matrix. Their merge is exact. For up to some
 * thousands of columns.
 */
public final class CovariancePcaProvider extends PcaProvider {
    /** Makes the provider. */
    public CovariancePcaProvider() {
        super(
                "covariance-pca",
                "principal components of the exact covariance, in any chunking; for up to some thousands of columns",
                ScatterMatrix::new,
                true);
    }
}
