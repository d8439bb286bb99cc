package org.accrete.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A disk whose n-th operation fails, or all operations from it on; a failing write writes half. */
final class FaultyDisk extends Disk {
    private final int failing;
    private final boolean isDeadAfterwards;
    private int operations;
    private String failed = "";
    private boolean isOn = true;

    FaultyDisk(int failing, boolean isDeadAfterwards) {
        this.failing = failing;
        this.isDeadAfterwards = isDeadAfterwards;
    }

    /** {@return the operation that failed; empty when none did} */
    String failed() {
        return failed;
    }

    void repair() {
        isOn = false;
    }

    @Override
    void before(String operation, Path path) throws IOException {
        if (!isOn) {
            return;
        }
        operations++;
        if (operations == failing || (isDeadAfterwards && operations > failing)) {
            if (failed.isEmpty()) {
                failed = operation + " " + path.getFileName();
            }
            throw new IOException("injected fault: " + operation);
        }
    }

    @Override
    void write(FileChannel channel, Path file, ByteBuffer bytes) throws IOException {
        ByteBuffer half = bytes.duplicate();
        half.limit(half.position() + half.remaining() / 2);
        try {
            super.write(channel, file, bytes);
        } catch (IOException e) {
            channel.write(half);
            throw e;
        }
    }
}
