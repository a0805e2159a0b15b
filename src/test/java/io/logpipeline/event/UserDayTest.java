package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class UserDayTest {
    @Test
    void plainIdsLookAsDocumented() {
        UserDay userDay = UserDay.of("123", 1712345678);
        assertThat(userDay.key()).isEqualTo("logs:user_123:19818");
        assertThat(userDay.directory()).isEqualTo("user_123");
        assertThat(userDay.fileName()).isEqualTo("19818.jsonl");
    }

    @Test
    void aDayEndsAtMidnightUtc() {
        assertThat(UserDay.of("1", 86_399).day()).isZero();
        assertThat(UserDay.of("1", 86_400).day()).isEqualTo(1);
        assertThat(UserDay.of("1", UserDay.TIMESTAMP_SECONDS_MAX).day()).isEqualTo(2_932_896);
    }

    @Test
    void everyOtherByteIsPercentEncodedInKeyAndPathAlike() {
        UserDay userDay = UserDay.of("../a:b{c}*%é😀 ", 0);
        String encoded = "..%2Fa%3Ab%7Bc%7D%2A%25%C3%A9%F0%9F%98%80%20";
        assertThat(userDay.key()).isEqualTo("logs:user_" + encoded + ":0");
        assertThat(userDay.directory()).isEqualTo("user_" + encoded);
    }

    @Test
    void theUnreservedCharactersStayPlain() {
        assertThat(UserDay.of("AZaz09._~@-", 0).key()).isEqualTo("logs:user_AZaz09._~@-:0");
    }

    @Test
    void everyValidIdIsReadBackFromItsKey() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int tried = 0;
        while (tried < 5_000) {
            String id = RandomEvents.userId(random);
            if (UserDay.problemWith(id).isPresent()) {
                continue;
            }
            tried++;
            UserDay userDay = new UserDay(id, random.nextInt(2_932_897));
            assertThat(UserDay.fromKey(userDay.key())).as("seed %d", seed).contains(userDay);
            assertThat(userDay.directory())
                    .as("seed %d", seed)
                    .matches("user_[A-Za-z0-9._~@%-]{1,200}");
        }
    }

    @Test
    void idsOutsideTheRulesAreNamedWithTheirReason() {
        assertThat(UserDay.problemWith("")).contains("must not be empty");
        assertThat(UserDay.problemWith("a".repeat(129))).contains("longer than 128 characters");
        assertThat(UserDay.problemWith("a\u0000b")).contains("control characters are not allowed");
        assertThat(UserDay.problemWith("\u007F")).contains("control characters are not allowed");
        assertThat(UserDay.problemWith("\u0085")).contains("control characters are not allowed");
        assertThat(UserDay.problemWith("a\uD800")).contains("holds an unpaired surrogate");
        assertThat(UserDay.problemWith("\uDC00\uD800")).contains("holds an unpaired surrogate");
        assertThat(UserDay.problemWith("/".repeat(67)))
                .contains("longer than 200 bytes percent-encoded");
    }

    @Test
    void idsAtTheirLimitsAreAccepted() {
        assertThat(UserDay.problemWith("a".repeat(128))).isEmpty();
        assertThat(UserDay.problemWith("/".repeat(66) + "aa")).isEmpty();
        assertThat(UserDay.problemWith("😀".repeat(16) + "a".repeat(8))).isEmpty();
        assertThat(UserDay.problemWith("😀".repeat(16) + "a".repeat(9))).isPresent();
    }

    @Test
    void nothingOutsideTheRulesCanBeBuilt() {
        assertThatThrownBy(() -> new UserDay("", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UserDay("1", -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UserDay.of("1", UserDay.TIMESTAMP_SECONDS_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UserDay.of("1", -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
