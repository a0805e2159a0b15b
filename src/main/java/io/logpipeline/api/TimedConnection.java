package io.logpipeline.api;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;

/** A connection that is watched for as long as it is handled. */
final class TimedConnection implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnection connection;
    private final TimedContext context;
    private final ClientWait wait;
    private final Set<ClientWait> waits;

    TimedConnection(ServerConnectionSelector http, TimedContext context, Set<ClientWait> waits) {
        this.connection = http.connection(context);
        this.context = context;
        this.wait = context.clientWait();
        this.waits = waits;
        context.readsFirstLine(this::canInterrupt);
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        waits.add(wait);
        try {
            connection.handle(limit);
        } finally {
            waits.remove(wait);
            context.releaseMemory();
        }
    }

    @Override
    public Duration idleTime() {
        return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        connection.close(interrupt);
    }

    /** Whether it is between two requests. */
    @Override
    public boolean canInterrupt() {
        return connection instanceof InterruptableTask<?> task && task.canInterrupt();
    }
}
