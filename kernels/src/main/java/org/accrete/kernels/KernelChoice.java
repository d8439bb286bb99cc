package org.accrete.kernels;

import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * Chooses the implementation by facts about the running JVM, once, when a kernel is first asked for.
 *
 * <p>The SIMD twin pays only when HotSpot's C2 compiles it: elsewhere each vector is an object. So C1 alone, the
 * interpreter alone, a JVMCI compiler and other JVMs get the scalar reference unless the system property demands SIMD.
 * The facts are read from system properties because they cost nothing; the management beans cost milliseconds at start.
 */
final class KernelChoice {

    /** The system property that overrides the choice. */
    static final String PROPERTY = "accrete.kernels";

    private static final String MODULE = "jdk.incubator.vector";

    private static final KernelSet BEST;

    /** Why this JVM cannot have what the system property demands. */
    private static final Optional<RuntimeException> REFUSAL;

    /** A constant to the compiler, unlike what an {@link Optional} holds. */
    private static final boolean IS_REFUSED;

    static {
        KernelSet best = ScalarKernelSet.INSTANCE;
        Optional<RuntimeException> refusal = Optional.empty();
        try {
            best = choose();
        } catch (IllegalArgumentException | IllegalStateException e) {
            refusal = Optional.of(e);
        }
        BEST = best;
        REFUSAL = refusal;
        IS_REFUSED = refusal.isPresent();
    }

    private KernelChoice() {}

    /**
     * What decides, as the JVM tells it.
     *
     * @param vectorModule the incubator module, if it is resolved
     * @param vmName system property {@code java.vm.name}
     * @param vmVersion system property {@code java.vm.version}
     * @param vmInfo system property {@code java.vm.info}
     */
    record Facts(Optional<Module> vectorModule, String vmName, String vmVersion, String vmInfo) {

        static Facts ofThisJvm() {
            return new Facts(
                    findVectorModule(),
                    System.getProperty("java.vm.name", ""),
                    System.getProperty("java.vm.version", ""),
                    System.getProperty("java.vm.info", ""));
        }

        /** By a class of it, because a module that was resolved after the start is not in the boot layer. */
        private static Optional<Module> findVectorModule() {
            try {
                return Optional.of(
                        Class.forName(MODULE + ".Vector", false, null).getModule());
            } catch (ClassNotFoundException e) {
                return Optional.empty();
            }
        }

        /** Why SIMD would be slower than scalar here, empty if it would not. */
        Optional<String> againstSimd() {
            if (vectorModule.isEmpty()) {
                return Optional.of("module " + MODULE + " is not resolved, --add-modules " + MODULE + " makes it so");
            }
            if (!vmName.contains("Server VM") || vmVersion.contains("jvmci")) {
                return Optional.of("the JVM is not HotSpot with C2 but '" + vmName + "' " + vmVersion);
            }
            if (vmInfo.contains("interpreted") || vmInfo.contains("emulated-client")) {
                return Optional.of("the JVM runs without C2: '" + vmInfo + "'");
            }
            return Optional.empty();
        }
    }

    /**
     * The implementation that suits this JVM. It is a constant to the compiler, so a kernel is called directly.
     *
     * @return the same instance at every call
     * @throws IllegalArgumentException if the system property has another value
     * @throws IllegalStateException if the system property demands SIMD and this JVM has none
     */
    static KernelSet best() {
        if (IS_REFUSED) {
            throw REFUSAL.orElseThrow();
        }
        return BEST;
    }

    private static KernelSet choose() {
        String wanted = System.getProperty(PROPERTY, "auto");
        Facts facts = Facts.ofThisJvm();
        return switch (wanted) {
            case "auto" -> facts.againstSimd().map(KernelChoice::scalar).orElseGet(() -> simdIfItLoads(facts));
            case "scalar" -> scalar("system property " + PROPERTY + "=scalar");
            case "simd" -> simdOrFail(facts);
            default ->
                throw new IllegalArgumentException(
                        "system property " + PROPERTY + " must be one of auto, scalar, simd but was '" + wanted + "'");
        };
    }

    private static KernelSet simdIfItLoads(Facts facts) {
        try {
            return chosen(simd(facts), "module " + MODULE + " is resolved and C2 compiles");
        } catch (ReflectiveOperationException | LinkageError e) {
            return scalar("the SIMD kernels did not load: " + rootOf(e));
        }
    }

    private static KernelSet simdOrFail(Facts facts) {
        String reason = "system property " + PROPERTY + "=simd";
        if (facts.vectorModule().isEmpty()) {
            throw new IllegalStateException(
                    reason + " needs module " + MODULE + ", which is not resolved: start java with" + " --add-modules "
                            + MODULE + ", or set the property to auto");
        }
        try {
            return chosen(simd(facts), reason);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalStateException(
                    reason + " but the SIMD kernels did not load (" + rootOf(e) + "): set the property to auto", e);
        }
    }

    /** By name, because the class refers to a module that may be absent. */
    private static KernelSet simd(Facts facts) throws ReflectiveOperationException {
        Module vectorModule = facts.vectorModule().orElseThrow();
        KernelChoice.class.getModule().addReads(vectorModule);
        return (KernelSet) Class.forName("org.accrete.kernels.SimdKernelSet")
                .getDeclaredConstructor()
                .newInstance();
    }

    private static KernelSet scalar(String reason) {
        return chosen(ScalarKernelSet.INSTANCE, reason);
    }

    private static KernelSet chosen(KernelSet kernels, String reason) {
        System.getLogger(KernelChoice.class.getPackageName())
                .log(Level.DEBUG, () -> "kernels: " + kernels.name() + " (" + reason + ")");
        return kernels;
    }

    private static Throwable rootOf(Throwable e) {
        boolean wrapped = e instanceof InvocationTargetException || e instanceof ExceptionInInitializerError;
        return wrapped && e.getCause() != null ? rootOf(e.getCause()) : e;
    }
}
