package io.logpipeline.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A process that listens on a port of the loopback, and what it takes of the processors. */
final class ServerProcess implements AutoCloseable {
    /** Of {@code /proc/<pid>/stat}: a constant of Linux' interface, whatever the kernel's clock. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int START_SECONDS_MAX = 120;
    private static final int STOP_SECONDS_MAX = 30;
    private static final long LOOK_NANOS = 20_000_000;

    private final String name;
    private final Process process;

    private ServerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        // A benchmark that is stopped leaves nothing behind; a peer ends its own children by
        // SIGTERM.
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Starts it and waits until it accepts connections. */
    static ServerProcess start(
            String name, int port, Path log, List<String> command, Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        if (accepts(port)) {
            throw new IOException("port " + port + " is taken");
        }
        ServerProcess server = new ServerProcess(name, builder.start());
        while (!accepts(port)) {
            if (!server.process.isAlive() || System.nanoTime() > deadline) {
                server.close();
                throw new IOException(name + " did not start:\n" + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return server;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** User and system time so far, of the process and its children. */
    double cpuSeconds() throws IOException {
        double ticks = 0;
        try (Stream<ProcessHandle> children = process.toHandle().descendants()) {
            for (ProcessHandle one :
                    Stream.concat(Stream.of(process.toHandle()), children).toList()) {
                ticks += ticks(one.pid(), 11);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** The same of one process. */
    static double cpuSecondsOf(long pid) throws IOException {
        return ticks(pid, 11) / TICKS_PER_SECOND;
    }

    /** User and system time of all processes that this one started and that have ended. */
    static double endedChildrenCpuSeconds() throws IOException {
        return ticks(ProcessHandle.current().pid(), 13) / TICKS_PER_SECOND;
    }

    /** Two neighbours of the fields that follow the name, from 0. */
    private static long ticks(long pid, int first) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name before it may hold blanks; what follows counts from the third field.
            List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
            return Long.parseLong(fields.get(first)) + Long.parseLong(fields.get(first + 1));
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }

    /** Resident memory, MiB. */
    long residentMebibytes() throws IOException {
        return mebibytes("VmRSS:");
    }

    /** The most resident memory since the start, or since {@link #forgetPeak}, MiB. */
    long peakMebibytes() throws IOException {
        return mebibytes("VmHWM:");
    }

    /** Makes now the first moment that the peak looks at (proc(5), clear_refs). */
    void forgetPeak() throws IOException {
        Files.writeString(Path.of("/proc", Long.toString(pid()), "clear_refs"), "5");
    }

    private long mebibytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    /** Stops it where it is, until {@link #goOn}. */
    void hold() throws IOException, InterruptedException {
        signal("STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            // On hold it would not see that it is to end.
            goOn();
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException noSignal) {
            process.destroyForcibly();
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
