package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The sweep's memory of the lists that have an entry. */
class EntryIndexTest {
    @Test
    void whatWasAddedIsKnownAndNothingElse() {
        EntryIndex index = new EntryIndex(1);
        for (int i = 0; i < 100_000; i++) {
            index.add("logs:user_" + i + ":19818");
        }

        assertThat(index.size()).isEqualTo(100_000);
        for (int i = 0; i < 100_000; i++) {
            assertThat(index.contains("logs:user_" + i + ":19818")).isTrue();
            assertThat(index.contains("logs:user_" + i + ":19819")).isFalse();
        }
    }

    @Test
    void aListAddedTwiceCountsOnce() {
        EntryIndex index = new EntryIndex(7);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 2000; i++) {
                index.add("list" + i);
            }
        }

        assertThat(index.size()).isEqualTo(2000);
    }

    @Test
    void anEmptyIndexKnowsNothing() {
        assertThat(new EntryIndex(0).contains("")).isFalse();
        assertThat(new EntryIndex(0).contains("a")).isFalse();
    }

    @Test
    void anEmptyNameIsAName() {
        EntryIndex index = new EntryIndex(0);
        index.add("");

        assertThat(index.contains("")).isTrue();
        assertThat(index.contains("a")).isFalse();
    }
}
