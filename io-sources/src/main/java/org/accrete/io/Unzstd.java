package org.accrete.io;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Decompresses zstd frames within bounded memory, with errors that a user understands. */
final class Unzstd extends InputStream {
    private static final String TOO_LARGE =
            "zstd data needs more memory than is given, more than 8 MB; pack it again without --long and --ultra";

    private final ReadingInput packed;
    private final InputStream unpacked;

    Unzstd(InputStream packed) throws IOException {
        this.packed = new ReadingInput(packed);
        this.unpacked = new ZstdInputStream(this.packed);
    }

    /** Remembers whether it was reading that failed. */
    private static final class ReadingInput extends FilterInputStream {
        private boolean failed;

        ReadingInput(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] out, int offset, int length) throws IOException {
            failed = true;
            int count = super.read(out, offset, length);
            failed = false;
            return count;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            return unpacked.read(out, offset, length);
        } catch (IOException e) {
            throw packed.failed ? e : damaged("zstd data is truncated: the file ends in the middle of a frame", e);
        } catch (MalformedInputException e) {
            throw damaged(message(e), e);
        } catch (IndexOutOfBoundsException
                | IllegalArgumentException
                | IllegalStateException
                | ArithmeticException
                | NegativeArraySizeException e) {
            throw damaged("zstd data is damaged", e);
        } catch (OutOfMemoryError e) {
            // A frame whose header asks to keep all of it; only that one array could not be made.
            throw damaged(TOO_LARGE, e);
        }
    }

    private static String message(MalformedInputException e) {
        String why = String.valueOf(e.getMessage());
        if (why.contains("Window size")) {
            return TOO_LARGE;
        }
        return why.contains("magic")
                ? "zstd data is followed by something that is not a zstd frame; pack it again with zstd"
                : "zstd data is damaged: " + why;
    }

    private static IOException damaged(String message, Throwable cause) {
        return (IOException) new ZipException(message).initCause(cause);
    }

    @Override
    public void close() throws IOException {
        unpacked.close();
    }
}
