package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where nodes of a cluster send calls that are not theirs. */
class RedirectTest {
    private static Redirect told(String answer) {
        return Redirect.of(
                new RedisFailure(RedisFailure.Kind.REFUSED, answer),
                new NodeAddress("speaker", 6379));
    }

    @Test
    void aNodeIsToldByAddressOrByName() {
        assertThat(told("MOVED 7 10.0.0.1:6379"))
                .isEqualTo(new Redirect.Moved(new NodeAddress("10.0.0.1", 6379)));
        assertThat(told("ASK 7 two.example.com:6380"))
                .isEqualTo(new Redirect.Ask(new NodeAddress("two.example.com", 6380)));
    }

    /** A node that was just met has told its name to nobody yet. */
    @Test
    void aNodeWhoseHostIsNotKnownIsWhereTheSpeakerIs() {
        for (String host : new String[] {"", "?"}) {
            assertThat(told("MOVED 7 " + host + ":7001"))
                    .isEqualTo(new Redirect.Moved(new NodeAddress("speaker", 7001)));
            assertThat(told("ASK 7 " + host + ":7001"))
                    .isEqualTo(new Redirect.Ask(new NodeAddress("speaker", 7001)));
        }
    }

    /**
     * All nodes may have the same port: sent back to it, the call would go round without a pause.
     */
    @Test
    void aNodeNeverMeansItself() {
        for (String host : new String[] {"", "?", "speaker"}) {
            assertThat(told("MOVED 7 " + host + ":6379")).isEqualTo(new Redirect.Later());
            assertThat(told("ASK 7 " + host + ":6379")).isEqualTo(new Redirect.Later());
        }
    }
}
