package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What a failure says of its connection. */
class RedisFailureTest {
    private static boolean condemns(Throwable thrown) {
        return RedisFailure.of(new CompletionException(thrown)).condemnsConnection();
    }

    @Test
    void aReplyThatFoundNoMemoryEndsItsConnection() {
        assertThat(condemns(new OutOfMemoryError("Direct buffer memory"))).isTrue();
    }

    @Test
    void aConnectionThatWasLostIsNotGivenUpAgain() {
        assertThat(condemns(new RedisException("Connection reset"))).isFalse();
    }

    @Test
    void aReplyThatIsLateEndsItsConnection() {
        assertThat(condemns(new RedisCommandTimeoutException("late"))).isTrue();
    }
}
