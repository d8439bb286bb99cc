package org.accrete.io;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Opens files that NumPy and SciPy write: a file, a directory, or all files that match a glob.
 *
 * <p>An {@code .npy} file is a matrix of numbers, whose columns are named 1, 2, … as those of a CSV file without a
 * header. An {@code .npz} file has the features and the target as named arrays, or the features as a sparse matrix
 * (CSR), which is one sparse column {@code x}. Arrays of Python objects are refused.
 */
public final class NumpySourceProvider implements ChunkSourceProvider {
    /** Endings of files. */
    static final Set<String> ENDINGS = Set.of("npy", "npz");

    /** Name of the array of features. */
    public static final ParamSpec<String> FEATURES = ParamSpec.text(
            "features",
            "",
            "an array's name; empty to find it",
            "array of an .npz file that has the features; if not given, x or X, or the only one beside the target");

    /** Name of the target. */
    public static final ParamSpec<String> TARGET = ParamSpec.text(
            "target",
            "",
            "an array's name, or a column's number or last; empty for y where there is one",
            "array of an .npz file that has the target, or column of an .npy file where --target names none");

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public NumpySourceProvider() {}

    @Override
    public String name() {
        return "npy";
    }

    @Override
    public String summary() {
        return "NumPy files, .npy and .npz, dense or SciPy's CSR: a path, a directory or a glob";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(FEATURES, TARGET);
    }

    @Override
    public Set<String> endings() {
        return ENDINGS;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new NumpySource(request, params.get(FEATURES), params.get(TARGET));
    }
}
