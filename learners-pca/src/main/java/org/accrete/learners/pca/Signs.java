package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MatrixKernels;

/** Signs of components, which a decomposition leaves open. Components are rows; scratch is reused. */
final class Signs {
    private final DenseKernels kernels = DenseKernels.best();
    private final int width;
    private double[] cosines = {};
    private double[] work = {};

    Signs(int width) {
        this.width = width;
    }

    /**
     * Gives each new component the sign that makes it more like the old component it is most like; where there is none,
     * the sign that makes its largest element positive.
     *
     * @param fresh new components, modified
     * @param now how many
     * @param old components from before
     * @param before how many
     */
    void align(double[] fresh, int now, double[] old, int before) {
        int length = MatrixKernels.workLength(now, width);
        if (work.length < length) {
            work = new double[length];
        }
        if (cosines.length < now * before) {
            cosines = new double[now * before];
        }
        Arrays.fill(cosines, 0, now * before, 0);
        MatrixKernels.best().gemm(now, before, width, fresh, 0, width, 1, old, 0, 1, width, cosines, 0, before, work);
        for (int i = 0; i < now; i++) {
            double nearest = 0;
            for (int j = 0; j < before; j++) {
                double cosine = cosines[i * before + j];
                nearest = Math.abs(cosine) > Math.abs(nearest) ? cosine : nearest;
            }
            if (nearest == 0) {
                makeLargestPositive(fresh, i);
            } else if (nearest < 0) {
                kernels.scale(-1, fresh, i * width, width);
            }
        }
    }

    /** Gives a component the sign that makes its largest element positive, the first of equals. */
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
