package io.logpipeline.api;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;

/** A connection that is watched for as long as it is handled. */
final class TimedConnection implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnection connection;
    private final TimedContext context;
    private final ClientWait wait;
    private final OpenConnections open;

    TimedConnection(ServerConnectionSelector http, TimedContext context, OpenConnections open) {
        this.connection = http.connection(context);
        this.context = context;
        this.wait = context.clientWait();
        this.open = open;
        context.readsFirstLine(this::canInterrupt);
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        open.add(this);
        try {
            connection.handle(limit);
        } finally {
            open.remove(this);
            context.releaseMemory();
        }
    }

    void cutIfOver(long nowNanos) {
        wait.cutIfOver(nowNanos);
    }

    /** Ends it between two requests. One that just begins is not answered, and not worked on. */
    void cutIfIdle() {
        wait.cutIfIdle();
    }

    /** Whether it has been between two requests for longer than this. */
    boolean isQuiet(Duration time) {
        return canInterrupt() && idleTime().compareTo(time) > 0;
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
