package org.accrete.engine.spark;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelWriter;

/** A store whose disk is full now and then. */
final class FailingStore {
    private FailingStore() {}

    /** {@return a store whose writers refuse to append for the n-th time} */
    static ModelStore at(ModelStore store, int append) {
        AtomicInteger appended = new AtomicInteger();
        return proxy(ModelStore.class, (method, given) -> {
            Object made = call(store, method, given);
            return made instanceof ModelWriter writer
                    ? proxy(ModelWriter.class, (inner, state) -> {
                        if (inner.getName().equals("append") && appended.incrementAndGet() == append) {
                            throw new AccreteException(AccreteException.Kind.IO, "no space left");
                        }
                        return call(writer, inner, state);
                    })
                    : made;
        });
    }

    private interface Call {
        Object of(Method method, Object... given) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> call.of(method, given)));
    }

    private static Object call(Object target, Method method, Object... given) throws Throwable {
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
