package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What INFO tells of the append-only file. */
class AppendOnlyFileTest {
    private static AppendOnlyFile file(int inUse, int ahead, int rewrites, String status) {
        return AppendOnlyFile.of(
                String.join(
                        "\r\n",
                        "# Persistence",
                        "aof_enabled:" + inUse,
                        "aof_rewrite_in_progress:" + ahead,
                        "aof_rewrite_scheduled:0",
                        "aof_last_bgrewrite_status:" + status,
                        "aof_rewrites:" + rewrites,
                        ""));
    }

    @Test
    void theFileOfAStartIsDueUntilItsRewriteBegins() {
        assertThat(file(1, 0, 0, "ok").isDue()).isTrue();
        assertThat(file(1, 1, 0, "ok").isDue()).isFalse();
        assertThat(file(1, 0, 1, "ok").isDue()).isFalse();
        assertThat(file(1, 0, 1, "ok").isStuck()).isFalse();
    }

    @Test
    void oneWhoseRewriteFailedIsDueAgainUnlessItIsTried() {
        assertThat(file(1, 0, 1, "err").isDueAgain()).isTrue();
        assertThat(file(1, 1, 2, "err").isDueAgain()).isFalse();
        assertThat(file(1, 1, 2, "err").isStuck()).isTrue();
    }

    @Test
    void oneThatFailedBeforeItBeganIsNotTakenForNew() {
        assertThat(file(1, 0, 0, "err").isDue()).isFalse();
        assertThat(file(1, 0, 0, "err").isDueAgain()).isTrue();
    }

    @Test
    void aServerWithoutFileHasNothingToWrite() {
        assertThat(file(0, 0, 0, "ok").isDue()).isFalse();
        assertThat(file(0, 0, 1, "err").isStuck()).isFalse();
    }

    @Test
    void aServerThatDoesNotTellIsLeftAlone() {
        AppendOnlyFile unknown = AppendOnlyFile.of("aof_enabled:1\r\n");

        assertThat(unknown.isDue()).isFalse();
        assertThat(unknown.isDueAgain()).isFalse();
    }
}
