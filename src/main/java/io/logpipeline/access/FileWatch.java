package io.logpipeline.access;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What some files say, read when this is made and again whenever they change.
 *
 * <p>Looks at contents, not at times or events: a mounted secret changes by a link that leads
 * elsewhere, and a file may be rewritten within one tick of its clock.
 *
 * <p>Invariants: what is read again was the same in two looks, so a file in the middle of being
 * written is not taken for a whole one; what can't be used changes nothing, and is told once.
 */
public final class FileWatch<T> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.access");
    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** Makes sense of the contents, which come in the order of the files. */
    interface Reader<T> {
        T read(List<byte[]> contents) throws UnusableFile;
    }

    private final String what;
    private final List<WatchedFile> files;
    private final Reader<T> reader;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile T value;
    private volatile Consumer<T> changed = unwanted -> {};
    private byte[][] latest;
    private byte[][] settled;
    private @Nullable String toldProblem;

    /**
     * @param what the files are for, as the log says it
     * @throws UnusableFile when their first contents can't be used
     */
    FileWatch(String what, List<WatchedFile> files, Reader<T> reader) throws UnusableFile {
        this.what = what;
        this.files = List.copyOf(files);
        this.reader = reader;
        this.latest = contents();
        this.settled = latest;
        this.value = reader.read(List.of(settled));
        tell("Read");
    }

    /** Looks every second from now on. */
    public void start() {
        Thread.ofVirtual().name("file-watch").start(this::lookUntilClosed);
    }

    /** What the files said when they were last usable. */
    public T now() {
        return value;
    }

    /** Told of each later value. */
    public void onChange(Consumer<T> listener) {
        changed = listener;
    }

    private void lookUntilClosed() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look; by one thread only. */
    void look() {
        try {
            byte[][] seen = contents();
            boolean still = Arrays.deepEquals(seen, latest);
            latest = seen;
            if (still && !Arrays.deepEquals(seen, settled)) {
                T read = reader.read(List.of(seen));
                changed.accept(read);
                value = read;
                settled = seen;
                tell("Read again");
            }
            if (still) {
                toldProblem = null;
            }
        } catch (UnusableFile unusable) {
            tellOnce(String.valueOf(unusable.getMessage()));
        } catch (RuntimeException defect) {
            // The next look tries again: a certificate that is not taken up runs out.
            if (isNews(defect.toString())) {
                LOG.log(System.Logger.Level.ERROR, "A changed file was not taken up", defect);
            }
        }
    }

    private byte[][] contents() throws UnusableFile {
        byte[][] contents = new byte[files.size()][];
        for (int i = 0; i < contents.length; i++) {
            contents[i] = files.get(i).read();
        }
        return contents;
    }

    private void tell(String verb) {
        LOG.log(System.Logger.Level.INFO, "{0} {1} {2}", verb, what, value);
        files.forEach(WatchedFile::warnWhenOpenToOthers);
    }

    private void tellOnce(String problem) {
        if (isNews(problem)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "A changed file can''t be used; what was read before stays in force"
                            + " reason=\"{0}\"",
                    problem);
        }
    }

    private boolean isNews(String problem) {
        boolean news = !problem.equals(toldProblem);
        toldProblem = problem;
        return news;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
