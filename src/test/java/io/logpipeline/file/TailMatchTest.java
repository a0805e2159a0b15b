package io.logpipeline.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tail's one pass against the rule itself, spelled out in the dullest way. */
class TailMatchTest {
    private static final int CASES = Integer.getInteger("tail.cases", 60_000);
    private static final long SEED = Long.getLong("tail.seed", 20_260_101L);

    private record Expected(long end, long lines, long[] matchEnds) {}

    /**
     * For each element: the first whole line that equals it and is no other's. What is whole ends
     * before the first line that lacks its line feed or holds a NUL. The rest of a line that began
     * before the start is no line.
     */
    private static Expected byTheRule(
            byte[] file, int start, boolean insideLine, List<byte[]> elementLines) {
        List<byte[]> lines = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        int lineStart = start;
        for (int i = start; i < file.length; i++) {
            if (file[i] == 0) {
                break;
            }
            if (file[i] == '\n') {
                lines.add(Arrays.copyOfRange(file, lineStart, i));
                ends.add(i + 1);
                lineStart = i + 1;
            }
        }
        if (insideLine && !lines.isEmpty()) {
            lines.removeFirst();
            ends.removeFirst();
        }
        long[] matchEnds = new long[elementLines.size()];
        boolean[] given = new boolean[lines.size()];
        for (int e = 0; e < matchEnds.length; e++) {
            matchEnds[e] = -1;
            for (int l = 0; l < given.length; l++) {
                if (!given[l] && Arrays.equals(lines.get(l), elementLines.get(e))) {
                    matchEnds[e] = ends.get(l);
                    given[l] = true;
                    break;
                }
            }
        }
        return new Expected(lineStart, lines.size(), matchEnds);
    }

    private static byte[] text(Random random, int lengthMax, String alphabet) {
        byte[] text = new byte[random.nextInt(lengthMax + 1)];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        return text;
    }

    private static List<byte[]> elements(Random random) {
        List<byte[]> elements = new ArrayList<>();
        int lengthMax = 1 + random.nextInt(4);
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            elements.add(text(random, lengthMax, "ab"));
        }
        return elements;
    }

    /** Of the batch's lines with gaps, often in order, foreign lines, or plain noise. */
    private static byte[] file(Random random, List<byte[]> elements) {
        StringBuilder file = new StringBuilder();
        file.append(new String(text(random, 12, "ab\n"), ISO_8859_1));
        if (random.nextBoolean()) {
            List<byte[]> standing = new ArrayList<>(elements);
            if (random.nextInt(3) == 0) {
                Collections.shuffle(standing, random);
            }
            for (byte[] element : standing) {
                if (random.nextInt(4) > 0) {
                    file.append(new String(element, ISO_8859_1)).append('\n');
                }
                if (random.nextInt(4) == 0) {
                    file.append(new String(text(random, 20, "ab"), ISO_8859_1)).append('\n');
                }
            }
        } else {
            file.append(new String(text(random, 40, "ab\n\n"), ISO_8859_1));
        }
        if (random.nextInt(3) == 0) {
            file.append(new String(text(random, 8, "ab\n\0"), ISO_8859_1));
        }
        return file.toString().getBytes(ISO_8859_1);
    }

    @Test
    void everyRandomTailIsMatchedAsTheRuleSays() throws IOException {
        int matches = 0;
        int torn = 0;
        for (int i = 0; i < CASES; i++) {
            Random random = new Random(SEED + i);
            List<byte[]> elements = elements(random);
            byte[] file = file(random, elements);
            int start = random.nextInt(file.length + 1);
            if (random.nextBoolean()) {
                start = 0;
            }
            boolean insideLine = random.nextInt(4) == 0;
            ByteBuffer buffer = ByteBuffer.allocate(1 + random.nextInt(9));
            Expected expected = byTheRule(file, start, insideLine, elements);

            BytesFile bytes = new BytesFile(file, random);
            Tail tail =
                    Tail.read(bytes, start, insideLine, file.length, elements, buffer, () -> {});

            String seed = "-Dtail.cases=1 -Dtail.seed=" + (SEED + i);
            assertThat(tail.end()).as(seed).isEqualTo(expected.end);
            assertThat(tail.lines()).as(seed).isEqualTo(expected.lines);
            assertThat(tail.isEmpty()).as(seed).isEqualTo(expected.end == start);
            assertThat(tail.match(elements)).as(seed).isEqualTo(expected.matchEnds);
            matches += (int) Arrays.stream(expected.matchEnds).filter(end -> end >= 0).count();
            torn += expected.end < file.length ? 1 : 0;
        }
        // The cases are worth something only when both kinds are common.
        assertThat(matches).isGreaterThan(CASES == 1 ? -1 : CASES / 2);
        assertThat(torn).isGreaterThan(CASES == 1 ? -1 : CASES / 10);
    }

    @Test
    void anEmptyTailIsNotRead() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1);
        BytesFile unread = new BytesFile(new byte[0], new Random(0));

        Tail tail = Tail.read(unread, 5, false, 5, List.of(new byte[] {'a'}), buffer, () -> {});

        assertThat(tail.isEmpty()).isTrue();
        assertThat(tail.match(List.of(new byte[] {'a'}))).containsExactly(-1);
    }

    /** A file that only reads, now and then less than it was asked for. */
    private record BytesFile(byte[] content, Random random) implements Disk.OpenFile {
        @Override
        public long sizeBytes() {
            return content.length;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            int left = content.length - (int) position;
            if (left <= 0) {
                return -1;
            }
            int count = 1 + random.nextInt(Math.min(left, target.remaining()));
            target.put(content, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer source, long position) {
            throw new AssertionError("reading a tail writes nothing");
        }

        @Override
        public void truncate(long sizeBytes) {
            throw new AssertionError("reading a tail cuts nothing");
        }

        @Override
        public void force() {
            throw new AssertionError("reading a tail forces nothing");
        }

        @Override
        public boolean tryLock() {
            throw new AssertionError("reading a tail takes no lock");
        }

        @Override
        public void close() {}
    }
}
