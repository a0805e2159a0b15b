package io.logpipeline.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one file holds: in the page cache, where processes see it, and on the disk. Between them
 * stand the changes that were not forced.
 */
final class SimulatedFile {
    /** What the disk writes whole or not at all; small, so that events are torn often. */
    private static final int PAGE_BYTES = 16;

    private sealed interface Change {}

    private record Written(int position, byte[] bytes) implements Change {}

    private record Cut(int size) implements Change {}

    private final boolean keepsBytes;
    private byte[] cached = {};
    private byte[] durable = {};
    private List<Change> unforced = new ArrayList<>();
    private int sizeWithoutBytes;
    Instant modified;
    Object lockOwner;

    /**
     * @param keepsBytes not for a file of which only the size is ever looked at
     */
    SimulatedFile(Instant created, boolean keepsBytes) {
        this.modified = created;
        this.keepsBytes = keepsBytes;
    }

    boolean keepsBytes() {
        return keepsBytes;
    }

    byte[] cached() {
        return cached;
    }

    int size() {
        return keepsBytes ? cached.length : sizeWithoutBytes;
    }

    void write(int position, byte[] bytes, Instant now) {
        modified = now;
        if (!keepsBytes) {
            sizeWithoutBytes = Math.max(sizeWithoutBytes, position + bytes.length);
            return;
        }
        Written change = new Written(position, bytes);
        cached = written(cached, change);
        unforced.add(change);
    }

    void cut(int size, Instant now) {
        modified = now;
        if (!keepsBytes) {
            sizeWithoutBytes = size;
            return;
        }
        cached = Arrays.copyOf(cached, Math.min(size, cached.length));
        unforced.add(new Cut(size));
    }

    void force() {
        if (!unforced.isEmpty() || durable.length != cached.length) {
            for (Change change : unforced) {
                durable = applied(durable, change);
            }
            unforced = new ArrayList<>();
        }
    }

    /** As Linux does it: the pages are clean now, whether they are on the disk or not. */
    void failForce(Decisions decisions) {
        loseUnforced(decisions);
    }

    /** Power fails. */
    void crash(Decisions decisions) {
        lockOwner = null;
        loseUnforced(decisions);
        cached = durable.clone();
    }

    boolean isForced() {
        return unforced.isEmpty() && isHonest();
    }

    boolean isHonest() {
        byte[] written = durable;
        for (Change change : unforced) {
            written = applied(written, change);
        }
        return Arrays.equals(written, cached);
    }

    /**
     * Whether what was not forced, and what the disk holds below it, are two different texts for
     * one place. Then pages of both, one behind the other, could make a line that nobody wrote.
     */
    boolean isContested() {
        int size = durable.length;
        for (Change change : unforced) {
            if (change instanceof Written written) {
                size = Math.max(size, written.position + written.bytes.length);
            }
        }
        byte[] known = Arrays.copyOf(durable, size);
        for (Change change : unforced) {
            if (change instanceof Written(int position, byte[] bytes)) {
                for (int i = 0; i < bytes.length; i++) {
                    byte before = known[position + i];
                    if (before != 0 && before != bytes[i]) {
                        return true;
                    }
                    known[position + i] = bytes[i];
                }
            }
        }
        return false;
    }

    private void loseUnforced(Decisions decisions) {
        if (!unforced.isEmpty()) {
            if (isContested()) {
                // A documented limit: see Limits.
                durable = cached.clone();
            } else {
                for (Change change : unforced) {
                    durable = survivor(change, decisions);
                }
            }
            unforced = new ArrayList<>();
        }
    }

    private byte[] survivor(Change change, Decisions decisions) {
        return switch (change) {
            case Cut cut -> decisions.pick(3) == 2 ? durable : applied(durable, cut);
            case Written written ->
                    switch (decisions.pick(3)) {
                        case 0 -> applied(durable, written);
                        case 1 -> durable;
                        default -> torn(written, decisions);
                    };
        };
    }

    /** Some pages reach the disk, and perhaps the size that the others would have made. */
    private byte[] torn(Written written, Decisions decisions) {
        byte[] torn = durable;
        int at = 0;
        while (at < written.bytes.length) {
            int position = written.position + at;
            int count = Math.min(PAGE_BYTES - position % PAGE_BYTES, written.bytes.length - at);
            if (decisions.pick(2) == 0) {
                byte[] page = Arrays.copyOfRange(written.bytes, at, at + count);
                torn = written(torn, new Written(position, page));
            }
            at += count;
        }
        int size = written.position + written.bytes.length;
        return decisions.pick(2) == 0 && torn.length < size ? Arrays.copyOf(torn, size) : torn;
    }

    private static byte[] applied(byte[] content, Change change) {
        return switch (change) {
            case Cut cut -> Arrays.copyOf(content, Math.min(cut.size, content.length));
            case Written written -> written(content, written);
        };
    }

    private static byte[] written(byte[] content, Written change) {
        int size = Math.max(content.length, change.position + change.bytes.length);
        byte[] changed = Arrays.copyOf(content, size);
        System.arraycopy(change.bytes, 0, changed, change.position, change.bytes.length);
        return changed;
    }
}
