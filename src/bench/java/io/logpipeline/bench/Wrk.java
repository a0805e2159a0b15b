package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The load generator: a closed loop, one request in flight on each connection, kept alive. */
final class Wrk {
    private static final int THREADS_MAX = 2;

    /**
     * What it reports.
     *
     * @param answered requests that got an answer
     * @param refused of these, with another status than 2xx or 3xx
     * @param broken connects, reads, writes and time-outs that failed
     */
    record Result(long answered, double seconds, long refused, long broken, long[] latencyMicros) {}

    private Wrk() {}

    static Result run(Path script, int port, Load load, int seconds, List<String> more)
            throws IOException, InterruptedException {
        int threads = Math.min(load.connections(), THREADS_MAX);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "wrk",
                                "-t" + threads,
                                "-c" + load.connections(),
                                "-d" + seconds + "s",
                                "--timeout",
                                "10s",
                                "-s",
                                script.toString(),
                                "http://127.0.0.1:" + port,
                                "--",
                                String.valueOf(load.users()),
                                String.valueOf(load.eventsPerRequest())));
        command.addAll(more);
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(wrk.getInputStream().readAllBytes());
        wrk.waitFor();
        return output.lines()
                .filter(line -> line.startsWith("RESULT "))
                .findFirst()
                .map(Wrk::parse)
                .orElseThrow(() -> new IOException("wrk said: " + output));
    }

    private static Result parse(String line) {
        long[] n =
                List.of(line.substring("RESULT ".length()).split(" ")).stream()
                        .mapToLong(Long::parseLong)
                        .toArray();
        long broken = n[2] + n[3] + n[4] + n[6];
        return new Result(n[0], n[1] / 1e6, n[5], broken, new long[] {n[7], n[8], n[9], n[10]});
    }
}
