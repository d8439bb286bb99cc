package org.accrete.serve;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The types of the tensors that the Open Inference Protocol names, as far as they are taken. */
enum Datatype {
    /** True or false, a byte. */
    BOOL(1),
    /** A whole number, unsigned. */
    UINT8(1),
    /** A whole number, unsigned. */
    UINT16(2),
    /** A whole number, unsigned. */
    UINT32(4),
    /** A whole number, unsigned. */
    UINT64(8),
    /** A whole number. */
    INT8(1),
    /** A whole number. */
    INT16(2),
    /** A whole number. */
    INT32(4),
    /** A whole number. */
    INT64(8),
    /** A number. */
    FP32(4),
    /** A number. */
    FP64(8),
    /** A text in UTF-8; in binary its length as four bytes goes before it. */
    BYTES(0);

    private final int bytes;

    Datatype(int bytes) {
        this.bytes = bytes;
    }

    /** {@return bytes of a value in binary; 0 where they vary} */
    int bytes() {
        return bytes;
    }

    /** {@return whether values are whole numbers} */
    boolean isWhole() {
        return name().contains("INT");
    }

    /**
     * {@return the type of a name}
     *
     * @throws Refusal it is not taken
     */
    static Datatype of(String name, String tensor) {
        Optional<Datatype> found =
                Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
        return found.orElseThrow(() -> Refusal.bad("datatype of input " + Refusal.quote(tensor) + " must be one of "
                + Arrays.stream(values()).map(Datatype::name).collect(Collectors.joining(", ")) + " but is "
                + Refusal.quote(name)));
    }
}
