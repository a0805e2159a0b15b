package io.logpipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A judge that finds nothing proves nothing: each kind of damage is shown to it. */
class OracleTest {
    private static final List<String> EVENTS = List.of("{\"seq\":0}", "{\"seq\":1}", "{\"seq\":2}");
    private static final String WHOLE = Stage.text(EVENTS);

    @TempDir private Path directory;

    private Verdict verdictOn(String text) throws IOException {
        Path file = directory.resolve("19818.jsonl");
        Files.writeString(file, text);
        return Oracle.file(file, EVENTS);
    }

    @Test
    void aWholeFileIsClean() throws IOException {
        assertThat(verdictOn(WHOLE).isClean()).isTrue();
    }

    @Test
    void aMissingEventIsLost() throws IOException {
        assertThat(verdictOn(Stage.text(EVENTS.subList(0, 2))).lost()).isEqualTo(1);
        assertThat(Oracle.file(directory.resolve("none"), EVENTS).lost()).isEqualTo(3);
    }

    @Test
    void anEventThatIsThereAgainIsDoubled() throws IOException {
        assertThat(verdictOn(WHOLE + EVENTS.getFirst() + "\n").doubled()).isEqualTo(1);
    }

    @Test
    void aPartOfALineIsTorn() throws IOException {
        assertThat(verdictOn(WHOLE + "{\"se").torn()).isEqualTo(1);
        assertThat(verdictOn("{\"se" + WHOLE).torn()).isEqualTo(1);
        assertThat(verdictOn(WHOLE + "\0\n").torn()).isEqualTo(1);
        assertThat(verdictOn(WHOLE.strip()).torn()).isEqualTo(1);
    }

    @Test
    void anotherOrderIsAProblem() throws IOException {
        Verdict verdict = verdictOn(Stage.text(EVENTS.reversed()));
        assertThat(verdict.lost() + verdict.doubled() + verdict.torn()).isZero();
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void onlyBeginningsOfEventsMayBeSavedAsTorn() {
        assertThat(isPieces("")).isTrue();
        assertThat(isPieces("{\"se{\"seq\":1{\"seq\":2}")).isTrue();
        assertThat(isPieces("{\"se\n")).isFalse();
        assertThat(isPieces("seq\":1")).isFalse();
        assertThat(isPieces("{\"se\0")).isFalse();
    }

    private static boolean isPieces(String saved) {
        return Oracle.isPiecesOf(saved.getBytes(StandardCharsets.UTF_8), EVENTS);
    }
}
