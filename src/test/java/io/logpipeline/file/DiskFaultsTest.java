package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.file.FaultyDisk.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails, is full, or dies under an append. */
class DiskFaultsTest {
    private static final int EFFECTS_MAX = 200;

    @TempDir Path temp;
    private DayFileFixture file;

    @BeforeEach
    void open() {
        file = new DayFileFixture(temp.resolve("0"));
    }

    private void begin(int run, String tail) throws IOException {
        file = DayFileFixture.begun(temp.resolve(Integer.toString(run)), tail);
    }

    @Test
    void aFullDiskAtAnyWriteLeavesTheFileAsItWas() throws IOException {
        int failures = 0;
        for (int nth = 1; nth < EFFECTS_MAX; nth++) {
            begin(nth, "a\n");
            file.disk.writingAtMost(3).failAt(Effect.WRITE, nth);
            try {
                file.append(4, "a", "bbbb", "cc");
            } catch (IOException full) {
                failures++;
                assertThat(full).hasMessageContaining("No space left");
                assertThat(file.content()).isEqualTo("old\na\n");
            }
            if (!file.disk.struck()) {
                break;
            }

            file.disk.heal();
            AppendOutcome.Appended next = file.append(4, "a", "bbbb", "cc");

            assertThat(file.content()).isEqualTo("old\na\nbbbb\ncc\n");
            assertThat(next.position()).isEqualTo(14);
        }
        // One rewrites the tail, three write the rest.
        assertThat(failures).isEqualTo(4);
    }

    @Test
    void aFailureAtAnyOtherEffectIsToldAndTheNextAppendSucceeds() throws IOException {
        int run = 0;
        for (Effect effect :
                List.of(
                        Effect.STAT,
                        Effect.CREATE,
                        Effect.CREATE_DIRECTORY,
                        Effect.OPEN,
                        Effect.LOCK,
                        Effect.READ,
                        Effect.TRUNCATE)) {
            int failures = 0;
            for (int nth = 1; nth < EFFECTS_MAX; nth++) {
                file = new DayFileFixture(temp.resolve(Integer.toString(++run)));
                Files.createDirectories(file.logDir);
                boolean fresh = effect == Effect.CREATE_DIRECTORY;
                if (!fresh) {
                    begin(run, "a\ntorn");
                }
                long position = fresh ? 0 : 4;
                file.disk.failAt(effect, nth);
                try {
                    file.append(position, "a", "b");
                } catch (IOException failure) {
                    failures++;
                }
                if (!file.disk.struck()) {
                    break;
                }
                file.disk.heal();
                file.append(position, "a", "b");
                assertThat(file.content()).isEqualTo(fresh ? "a\nb\n" : "old\na\nb\n");
            }
            assertThat(failures).as("failures at %s", effect).isPositive();
        }
    }

    @Test
    void aProcessKilledAtAnyEffectLeavesWhatTheNextOneCompletes() throws IOException {
        int kills = 0;
        for (Effect effect : Effect.values()) {
            for (int nth = 1; nth < EFFECTS_MAX; nth++) {
                begin(1000 * effect.ordinal() + nth, "a\ntorn");
                file.disk.writingAtMost(3).killAt(effect, nth);
                try {
                    file.append(4, "a", "bbbb", "cc");
                } catch (FaultyDisk.Killed killed) {
                    kills++;
                }
                if (!file.disk.struck()) {
                    break;
                }
                file.disk.heal();

                AppendOutcome.Appended next = file.append(4, "a", "bbbb", "cc");

                assertThat(file.content()).isEqualTo("old\na\nbbbb\ncc\n");
                assertThat(next.position()).isEqualTo(14);
            }
        }
        assertThat(kills).isGreaterThan(15);
    }

    @Test
    void aProcessKilledAtAnyEffectOnItsFirstFileLeavesWhatTheNextOneCompletes() throws IOException {
        int kills = 0;
        for (Effect effect : Effect.values()) {
            for (int nth = 1; nth < EFFECTS_MAX; nth++) {
                String run = effect + "-" + nth;
                file = new DayFileFixture(Files.createDirectory(temp.resolve(run)));
                file.disk.writingAtMost(3).killAt(effect, nth);
                try {
                    file.append(0, "aaaa", "b");
                } catch (FaultyDisk.Killed killed) {
                    kills++;
                }
                if (!file.disk.struck()) {
                    break;
                }
                file.disk.heal();
                assertThat(file.append(0, "aaaa", "b").position()).isEqualTo(7);
                assertThat(file.content()).isEqualTo("aaaa\nb\n");
                assertThat(file.disk.effects())
                        .endsWith(
                                "FORCE 7.jsonl",
                                "FORCE_DIRECTORY user_u",
                                "FORCE_DIRECTORY " + run);
            }
        }
        assertThat(kills).isGreaterThan(8);
    }

    @Test
    void aFailedForceIsTheEndOfTheProcess() throws IOException {
        begin(0, "");
        file.disk.failAt(Effect.FORCE, 1);

        assertThatThrownBy(() -> file.append(4, "a"))
                .isInstanceOf(DayFileFixture.ForceFailed.class)
                .hasMessage(file.path.toString())
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aFailedForceOfADirectoryIsTheEndOfTheProcess() throws IOException {
        for (int nth = 1; nth <= 2; nth++) {
            file = new DayFileFixture(Files.createDirectory(temp.resolve("new" + nth)));
            file.disk.failAt(Effect.FORCE_DIRECTORY, nth);

            assertThatThrownBy(() -> file.append(0, "a"))
                    .isInstanceOf(DayFileFixture.ForceFailed.class);
        }
    }

    @Test
    void aFailedForceOfWhatWasSavedIsTheEndOfTheProcessWithTheFileUncut() throws IOException {
        begin(0, "torn");
        file.disk.failAt(Effect.FORCE, 1);

        assertThatThrownBy(() -> file.append(4, "a"))
                .isInstanceOf(DayFileFixture.ForceFailed.class);
        assertThat(file.content()).isEqualTo("old\ntorn");
    }

    @Test
    void aFullDiskWhileATornTailIsSavedLosesNothingOfIt() throws IOException {
        begin(0, "a\ntorntorn");
        file.disk.writingAtMost(3).failAt(Effect.WRITE, 2);

        assertThatThrownBy(() -> file.append(4, "a", "b")).isInstanceOf(IOException.class);
        assertThat(file.content()).isEqualTo("old\na\ntorntorn");

        file.disk.heal();
        file.append(4, "a", "b");
        assertThat(file.content()).isEqualTo("old\na\nb\n");
        assertThat(file.torn()).isEqualTo("torntorn");
    }
}
