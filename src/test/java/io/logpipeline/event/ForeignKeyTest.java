package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignKeyTest {
    @Test
    void aCanonicalKeyOfAnotherProducerIsRead() {
        assertThat(UserDay.fromKey("logs:user_a%2Fb:19818")).contains(new UserDay("a/b", 19818));
        assertThat(UserDay.fromKey("logs:user_1:0")).contains(new UserDay("1", 0));
        assertThat(UserDay.fromKey("logs:user_1:2932896")).contains(new UserDay("1", 2_932_896));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "logs:user_",
                "logs:user_1",
                "logs:user_:1",
                "logs:user_1:",
                "logs:user_1:01",
                "logs:user_1:+1",
                "logs:user_1:-1",
                "logs:user_1: 1",
                "logs:user_1:1\n",
                "logs:user_1:\u0661",
                "logs:user_1:2932897",
                "logs:user_1:99999999999999999999",
                "logs:user_../../x:1",
                "logs:user_a:b:1",
                "logs:user_%2f:1",
                "logs:user_%41:1",
                "logs:user_%:1",
                "logs:user_%4:1",
                "logs:user_%G0:1",
                "logs:user_%00:1",
                "logs:user_%7F:1",
                "logs:user_%FF:1",
                "logs:user_%C3:1",
                "logs:user_%C0%AF:1",
                "logs:user_%ED%A0%80:1",
                "logs:user_\u00E9:1",
                "logs:user_\u00C3\u00A9:1",
                "logs:user_\uFF11:1",
                "logs:user_{1}:1",
                "{logs:user_1:1}:batch",
                " logs:user_1:1",
                "LOGS:user_1:1"
            })
    void aKeyThatIsNotCanonicalIsNeverRead(String key) {
        assertThat(UserDay.fromKey(key)).isEmpty();
    }

    @Test
    void aKeyWithAnOverlongIdIsNeverRead() {
        assertThat(UserDay.fromKey("logs:user_" + "a".repeat(128) + ":1")).isPresent();
        assertThat(UserDay.fromKey("logs:user_" + "a".repeat(129) + ":1")).isEmpty();
        assertThat(UserDay.fromKey("logs:user_" + "%2F".repeat(67) + ":1")).isEmpty();
    }
}
