package io.logpipeline.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Hashes member names with secrets of this process: clients choose the names, and must not be able
 * to choose many that fall together. Eight bytes at a time, by multiplication folded to 64 bits
 * (wyhash, https://github.com/wangyi-fudan/wyhash).
 */
final class NameHash {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long SEED;
    private static final long FACTOR;

    static {
        SecureRandom random = new SecureRandom();
        SEED = random.nextLong();
        // Odd, so that no bit of a word is lost.
        FACTOR = random.nextLong() | 1;
    }

    private NameHash() {}

    /** The hash of the bytes from {@code start} up to, without, {@code end}: all bits are good. */
    static int of(byte[] bytes, int start, int end) {
        long hash = SEED ^ end - start;
        int at = start;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            hash = folded(hash ^ (long) EIGHT_BYTES.get(bytes, at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << 8 | bytes[at] & 0xFF;
        }
        return (int) folded(folded(hash ^ rest) ^ SEED);
    }

    private static long folded(long word) {
        return word * FACTOR ^ Math.unsignedMultiplyHigh(word, FACTOR);
    }
}
