package io.logpipeline.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One of the algorithms that the drainer is compared with, in a process of its own as the drainer
 * is: so its processor time and memory are its own.
 *
 * <p>Each line that comes in on its port is one order, {@code prepare <run> <keys> <events>} or
 * {@code drain <seconds>}; the answer is how many events landed.
 */
final class DrainPeer {
    /** Begins the names of those that have no Redis. */
    static final String BARE = "bare-";

    private final DrainAlgorithm algorithm;
    private DrainLoad load = new DrainLoad(0, 1, 0);

    private DrainPeer(DrainAlgorithm algorithm) {
        this.algorithm = algorithm;
    }

    /**
     * @param arguments port, Redis' address, log directory, workers, the most bytes of a chunk, how
     *     many files are made together, and which algorithm
     */
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        Path logDir = Path.of(arguments[2]);
        String algorithm = arguments[6];
        if (algorithm.startsWith(BARE)) {
            boolean wholeFileSystem = algorithm.equals(BARE + "filesystem");
            new DrainPeer(
                            new BareFiles(
                                    logDir,
                                    Integer.parseInt(arguments[3]),
                                    wholeFileSystem,
                                    Integer.parseInt(arguments[4]),
                                    Integer.parseInt(arguments[5])))
                    .serve(port);
            return;
        }
        boolean forces = algorithm.equals("sequential-fsync");
        try (DrainRedis redis = new DrainRedis(arguments[1])) {
            new DrainPeer(new SequentialDrain(redis, logDir, forces)).serve(port);
        }
    }

    private void serve(int port) throws IOException, InterruptedException {
        try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            while (true) {
                try (Socket client = listener.accept()) {
                    obey(client);
                }
            }
        }
    }

    private void obey(Socket client) throws IOException, InterruptedException {
        BufferedReader orders =
                new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        PrintStream answers =
                new PrintStream(client.getOutputStream(), true, StandardCharsets.US_ASCII);
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            answers.println(obey(List.of(order.split(" "))));
        }
    }

    private long obey(List<String> order) throws IOException, InterruptedException {
        if (order.getFirst().equals("drain")) {
            return algorithm.drain(load, Duration.ofSeconds(Long.parseLong(order.get(1))));
        }
        load =
                new DrainLoad(
                        Integer.parseInt(order.get(1)),
                        Integer.parseInt(order.get(2)),
                        Integer.parseInt(order.get(3)));
        algorithm.prepare(load);
        return 0;
    }
}
