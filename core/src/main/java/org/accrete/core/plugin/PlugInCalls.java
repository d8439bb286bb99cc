package org.accrete.core.plugin;

import com.google.common.base.Throwables;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelWriter;

/**
 * Calls plug-ins so that an error in one of them names it and its jar. An {@link AccreteException} passes unchanged; so
 * does everything that the plug-ins of Accrete itself throw, because the author of the plug-in is then the project.
 *
 * <ul>
 *   <li>An {@link OutOfMemoryError} stays one, because more heap may be all that is missing; its message names the
 *       plug-in.
 *   <li>Everything else becomes an {@link AccreteException} of kind {@link AccreteException.Kind#PLUG_IN_FAILED}: a
 *       {@link StackOverflowError}, a {@link LinkageError}, an {@link AssertionError} and every unchecked exception.
 * </ul>
 */
public final class PlugInCalls {
    private static final String OWN_PACKAGES = "org.accrete.";

    private PlugInCalls() {}

    /**
     * Opens a source. Errors of its later calls name the plug-in too.
     *
     * @param provider opens it
     * @param request what to open and how to encode it
     * @param params values of the plug-in's parameters
     * @return the source; the caller closes it
     * @throws AccreteException what {@link ChunkSourceProvider#open} throws; plug-in failed
     */
    public static ChunkSource open(ChunkSourceProvider provider, SourceRequest request, Params params) {
        return guarded(ChunkSource.class, provider, call(provider, "open", () -> provider.open(request, params)));
    }

    /**
     * Opens a store. Errors of its later calls and of its writers name the plug-in too.
     *
     * @param provider opens it
     * @param location what follows the store's name
     * @param params values of the plug-in's parameters
     * @return the store; the caller closes it
     * @throws AccreteException what {@link ModelStoreProvider#open} throws; plug-in failed
     */
    public static ModelStore open(ModelStoreProvider provider, String location, Params params) {
        return guarded(ModelStore.class, provider, call(provider, "open", () -> provider.open(location, params)));
    }

    /**
     * {@return what a call of a plug-in returns, which is never null}
     *
     * @param provider the plug-in
     * @param method name of the method, for the message
     * @param call calls it
     * @param <T> what it returns
     * @throws AccreteException what the call throws on purpose; plug-in failed: it threw something else or returned
     *     null
     */
    public static <T> T call(Provider provider, String method, Supplier<T> call) {
        T result;
        try {
            result = call.get();
        } catch (RuntimeException | Error e) {
            throw failure(provider, method, e);
        }
        if (result == null) {
            throw new AccreteException(
                    AccreteException.Kind.PLUG_IN_FAILED,
                    describe(provider) + " returned null from " + method + "(), which it must not; tell its author");
        }
        return result;
    }

    /**
     * {@return what to throw after a call of a plug-in threw} Throws errors that it passes on.
     *
     * @param provider the plug-in
     * @param method name of the method, for the message
     * @param thrown what it threw
     */
    public static RuntimeException failure(Provider provider, String method, Throwable thrown) {
        if (thrown instanceof AccreteException known) {
            return known;
        }
        if (isOwn(provider)) {
            Throwables.throwIfUnchecked(thrown);
        }
        if (thrown instanceof OutOfMemoryError full) {
            OutOfMemoryError named =
                    new OutOfMemoryError(describe(provider) + " in " + method + "(): " + full.getMessage());
            named.initCause(full);
            throw named;
        }
        return new AccreteException(
                AccreteException.Kind.PLUG_IN_FAILED,
                ProviderSearch.oneLine(describe(provider) + " failed in " + method + "(): " + thrown
                        + "; tell its author what --debug shows"),
                thrown);
    }

    /** {@return whether a plug-in is a part of Accrete itself} */
    public static boolean isOwn(Provider provider) {
        Class<?> type = provider.getClass();
        return type.getName().startsWith(OWN_PACKAGES) && type.getClassLoader() == PlugInCalls.class.getClassLoader();
    }

    private static String describe(Provider provider) {
        return "plug-in '" + provider.name() + "' (" + PlugInPlace.of(provider.getClass()) + ")";
    }

    private static <T> T guarded(Class<T> type, Provider provider, T part) {
        if (isOwn(provider)) {
            return part;
        }
        Object proxy = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> invoke(provider, part, method, arguments));
        return type.cast(proxy);
    }

    private static Object invoke(Provider provider, Object part, Method method, Object[] arguments) throws Throwable {
        Object result;
        try {
            result = method.invoke(part, arguments);
        } catch (InvocationTargetException e) {
            throw failure(provider, method.getName(), e.getTargetException());
        }
        if (method.getReturnType() == void.class) {
            return result;
        }
        Object checked = call(provider, method.getName(), () -> result);
        return checked instanceof ModelWriter writer ? guarded(ModelWriter.class, provider, writer) : checked;
    }
}
