package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MatrixKernels;

/** Chooses the signs of components, which a decomposition does not determine. Components are rows. */
final class ComponentSigns {
    private final DenseKernels kernels = DenseKernels.best();
    private final int width;
    private double[] cosines = {};
    private double[] work = {};

    ComponentSigns(int width) {
        this.width = width;
    }

    /**
     * Gives each new component the sign of the most similar old component, so that their dot product is positive. If it
     * is orthogonal to all old ones, its largest element becomes positive.
     *
     * @param components new components, modified
     * @param count number of new components
     * @param old components from before, not modified
     * @param oldCount number of old components
     */
    void align(double[] components, int count, double[] old, int oldCount) {
        int length = MatrixKernels.workLength(count, width);
        if (work.length < length) {
            work = new double[length];
        }
        if (cosines.length < count * oldCount) {
            cosines = new double[count * oldCount];
        }
        Arrays.fill(cosines, 0, count * oldCount, 0);
        MatrixKernels.best()
                .gemm(count, oldCount, width, components, 0, width, 1, old, 0, 1, width, cosines, 0, oldCount, work);
        for (int i = 0; i < count; i++) {
            double nearest = 0;
            for (int j = 0; j < oldCount; j++) {
                double cosine = cosines[i * oldCount + j];
                nearest = Math.abs(cosine) > Math.abs(nearest) ? cosine : nearest;
            }
            if (nearest == 0) {
                makeLargestPositive(components, i);
            } else if (nearest < 0) {
                kernels.scale(-1, components, i * width, width);
            }
        }
    }

    /** Makes the largest element of a component positive; of several equal ones the first. */
    void makeLargestPositive(double[] components, int i) {
        double largest = 0;
        for (int j = i * width; j < (i + 1) * width; j++) {
            largest = Math.abs(components[j]) > Math.abs(largest) ? components[j] : largest;
        }
        if (largest < 0) {
            kernels.scale(-1, components, i * width, width);
        }
    }
}
