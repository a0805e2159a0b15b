package io.logpipeline.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Keeps what is cut off a day file's end, in a file beside it. */
record TornTail(DayFiles files, ByteBuffer buffer) {
    /**
     * Appends some bytes of a day file to its {@code .torn} file, and makes them durable.
     *
     * @throws IOException when they could not be written: it is cut back to what it held
     */
    void save(Disk.OpenFile file, Path path, long from, long to) throws IOException {
        Path torn = path.resolveSibling(path.getFileName() + ".torn");
        files.disk.create(torn);
        try (Disk.OpenFile saved = files.disk.open(torn)) {
            long savedBefore = saved.sizeBytes();
            try {
                copy(file, from, to, saved, savedBefore);
            } catch (IOException failure) {
                DayFileWriter.cutBack(saved, savedBefore, failure);
                throw failure;
            }
            files.forces.forceContent(saved, torn);
            files.forces.forceNames(Forces.parent(torn));
        }
    }

    private void copy(Disk.OpenFile file, long from, long to, Disk.OpenFile saved, long target)
            throws IOException {
        long savedAt = target;
        long at = from;
        while (at < to) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
            int count = file.read(buffer, at);
            if (count <= 0) {
                break;
            }
            savedAt = DayFileWriter.writeFully(saved, buffer.flip(), savedAt);
            at += count;
        }
    }
}
