package io.logpipeline.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A {@link DrainPeer} and the connection by which it is told what to do. */
final class PeerProcess implements DrainContender {
    private final ServerProcess process;
    private final boolean empties;
    private final Socket connection;
    private final PrintStream orders;
    private final BufferedReader answers;

    private PeerProcess(ServerProcess process, Socket connection, boolean empties)
            throws IOException {
        this.process = process;
        this.empties = empties;
        this.connection = connection;
        orders = new PrintStream(connection.getOutputStream(), true, StandardCharsets.US_ASCII);
        answers =
                new BufferedReader(
                        new InputStreamReader(
                                connection.getInputStream(), StandardCharsets.US_ASCII));
    }

    /**
     * @param command that starts it
     * @param empties whether it takes what it drains from Redis
     */
    static PeerProcess start(
            String name, int port, List<String> command, boolean empties, Path work)
            throws IOException {
        Path log = work.resolve("peer-" + port + ".log");
        ServerProcess process = ServerProcess.start(name, port, log, command, Map.of());
        return new PeerProcess(
                process, new Socket(InetAddress.getLoopbackAddress(), port), empties);
    }

    @Override
    public String name() {
        return process.name();
    }

    @Override
    public boolean empties() {
        return empties;
    }

    @Override
    public void prepare(DrainLoad load) throws IOException, InterruptedException {
        process.goOn();
        order("prepare %d %d %d".formatted(load.run(), load.keys(), load.events()));
        process.forgetPeak();
    }

    @Override
    public long drain(DrainLoad load, Duration limit) throws IOException {
        return order("drain " + limit.toSeconds());
    }

    private long order(String words) throws IOException {
        orders.println(words);
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException(name() + " has ended");
        }
        return Long.parseLong(answer);
    }

    @Override
    public void rest() throws IOException, InterruptedException {
        process.hold();
    }

    @Override
    public double cpuSeconds() throws IOException {
        return process.cpuSeconds();
    }

    @Override
    public long peakMebibytes() throws IOException {
        return process.peakMebibytes();
    }

    @Override
    public void close() throws IOException {
        connection.close();
        process.close();
    }
}
