package io.logpipeline.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.soak.Judge.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The soak is worth what its judge sees. */
class JudgeTest {
    private static final Workload WORKLOAD = new Workload(2, 3, 2);
    private static final int LIST = 3;

    @TempDir private Path logs;

    private static byte[] line(int producer, int sequence) {
        return joined(
                WORKLOAD.line(LIST, producer, sequence), "\n".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Three events of the first producer and two of the second, as they stand in the file. */
    private Verdict judge(byte[]... lines) throws IOException {
        Path file = logs.resolve(WORKLOAD.file(LIST));
        Files.createDirectories(file.getParent());
        Files.write(file, joined(lines));
        int[][] sent = new int[WORKLOAD.producers()][WORKLOAD.lists()];
        sent[0][LIST] = 3;
        sent[1][LIST] = 2;
        return new Judge(WORKLOAD).judge(logs, sent);
    }

    @Test
    void whatStandsOnceAndInOrderIsFineHoweverTheProducersMix() throws Exception {
        Files.writeString(logs.resolve(".log-pipeline"), "volume");

        Verdict verdict = judge(line(0, 0), line(1, 0), line(0, 1), line(0, 2), line(1, 1));

        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.landed()).isEqualTo(5);
    }

    @Test
    void aLostEventIsSeenInTheMiddleAndAtTheEnd() throws Exception {
        Verdict verdict = judge(line(0, 0), line(0, 2), line(1, 0));

        assertThat(verdict.missing()).isEqualTo(2);
        assertThat(verdict.jumps()).isOne();
        assertThat(verdict.problems()).hasSize(2);
    }

    @Test
    void aLostFileIsSeen() throws Exception {
        judge();
        Files.delete(logs.resolve(WORKLOAD.file(LIST)));
        int[][] sent = new int[WORKLOAD.producers()][WORKLOAD.lists()];
        sent[1][LIST] = 7;

        assertThat(new Judge(WORKLOAD).judge(logs, sent).missing()).isEqualTo(7);
    }

    @Test
    void anEventThatStandsTwiceIsSeen() throws Exception {
        Verdict verdict =
                judge(line(0, 0), line(0, 1), line(0, 1), line(0, 2), line(1, 0), line(1, 1));

        assertThat(verdict.duplicates()).isOne();
        assertThat(verdict.problems()).hasSize(1);
    }

    @Test
    void anExchangedPairIsSeen() throws Exception {
        Verdict verdict = judge(line(0, 1), line(0, 0), line(0, 2), line(1, 0), line(1, 1));

        assertThat(verdict.problems()).hasSize(2);
    }

    @Test
    void aTornLineIsSeenWhereverItIsTorn() throws Exception {
        byte[] whole = line(0, 1);
        byte[] end = Arrays.copyOfRange(whole, 5, whole.length);

        Verdict verdict = judge(line(0, 0), end, line(0, 2), line(1, 0), line(1, 1));

        assertThat(verdict.torn()).isOne();
    }

    @Test
    void aLineWithoutEndAndAZeroByteAreSeen() throws Exception {
        byte[] last = WORKLOAD.line(LIST, 1, 1);

        Verdict verdict = judge(line(0, 0), line(0, 1), line(0, 2), line(1, 0), new byte[2], last);

        assertThat(verdict.torn()).isOne();
        assertThat(verdict.nuls()).isOne();
    }

    @Test
    void anEventInSomebodyElsesFileIsSeen() throws Exception {
        byte[] other = joined(WORKLOAD.line(LIST + 1, 0, 2), new byte[] {'\n'});

        Verdict verdict = judge(line(0, 0), line(0, 1), other, line(1, 0), line(1, 1));

        assertThat(verdict.torn()).isOne();
        assertThat(verdict.missing()).isOne();
    }

    @Test
    void aFileOfNobodyIsSeen() throws Exception {
        Files.createDirectories(logs.resolve("user_s999"));
        Files.writeString(logs.resolve("user_s999/19818.jsonl"), "{}\n");

        assertThat(judge(line(0, 0)).foreign()).isOne();
    }
}
