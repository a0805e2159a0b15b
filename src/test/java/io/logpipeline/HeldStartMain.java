package io.logpipeline;

import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.RedisCalls;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A process whose start waits for a line of its input; it says when it waits, and is to end. */
final class HeldStartMain {
    static final String HELD = "the start is held";
    static final String ENDING = "asked to end";

    private HeldStartMain() {}

    public static void main(String[] arguments) {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> System.out.println(ENDING)));
        Main.start(new Pipeline.Seams(new NioDisk(), HeldStartMain::held), arguments);
    }

    private static RedisCalls held(RedisCalls calls) {
        System.out.println(HELD);
        try {
            int unused = System.in.read();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return calls;
    }
}
