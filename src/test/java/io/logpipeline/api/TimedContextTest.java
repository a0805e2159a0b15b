package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TimedContextTest {
    private static final int MEMORY_BYTES = 1 << 20;

    private final BodyMemory memory = new BodyMemory(MEMORY_BYTES);

    /** A part of the server that answers these calls only. */
    private static <T> T part(Class<T> type, Map<String, Supplier<?>> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> answers.get(method.getName()).get()));
    }

    private boolean allIsFree() {
        try (BodyMemory.Share all = memory.share()) {
            return all.covers(MEMORY_BYTES);
        }
    }

    @Test
    void anAnswerIsWrittenWhenNothingIsHeldOfItsRequestAnyMore() {
        List<Boolean> freeAtWrite = new ArrayList<>();
        HelidonSocket socket =
                part(HelidonSocket.class, Map.of("get", () -> new byte[MEMORY_BYTES / 2]));
        DataWriter writer =
                part(DataWriter.class, Map.of("writeNow", () -> freeAtWrite.add(allIsFree())));
        ConnectionContext connection =
                part(
                        ConnectionContext.class,
                        Map.of("serverSocket", () -> socket, "dataWriter", () -> writer));
        TimedContext context =
                new TimedContext(
                        connection,
                        new ClientWait(Thread.currentThread(), Duration.ofHours(1)),
                        MEMORY_BYTES,
                        memory.share());
        context.dataReader().ensureAvailable();
        assertThat(allIsFree()).isFalse();

        context.dataWriter().writeNow(BufferData.create(new byte[1]));

        assertThat(freeAtWrite).containsExactly(true);
    }
}
