package io.logpipeline.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Turns requests away while Redis has no memory to spare. */
public final class MemoryGate implements Gate {
    /** A drainer needs seconds to make room, so a client that asks at once asks in vain. */
    private static final Refusal NO_MEMORY =
            new Refusal.Overloaded("Redis' memory is nearly full", Duration.ofSeconds(5));

    private final BooleanSupplier memoryHigh;

    /**
     * @param memoryHigh a plain look, asked with every request
     */
    public MemoryGate(BooleanSupplier memoryHigh) {
        this.memoryHigh = memoryHigh;
    }

    @Override
    public @Nullable Refusal refusal(ServerRequest request, ServerResponse response) {
        return memoryHigh.getAsBoolean() ? NO_MEMORY : null;
    }
}
