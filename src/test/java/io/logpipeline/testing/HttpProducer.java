package io.logpipeline.testing;

import static java.util.stream.Collectors.joining;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * One keep-alive connection that posts bodies; light, so that the load does not tire the machine.
 */
public final class HttpProducer implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** An answer. */
    public record Reply(int status, String body) {}

    public HttpProducer(int port) throws IOException {
        this(port, TIMEOUT_MS);
    }

    /**
     * @param timeoutMs to connect, and for each read of an answer
     */
    public HttpProducer(int port, int timeoutMs) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(timeoutMs);
        socket.connect(new InetSocketAddress("127.0.0.1", port), timeoutMs);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Posts and returns the status. */
    public int post(String contentType, byte[] body) throws IOException {
        return exchange(contentType, body, List.of()).status();
    }

    /** Posts with further header lines and returns the answer. */
    public Reply exchange(String contentType, byte[] body, List<String> headers)
            throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream(128 + body.length);
        String head =
                "POST /log HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + contentType
                        + "\r\nContent-Length: "
                        + body.length
                        + "\r\n"
                        + headers.stream().map(header -> header + "\r\n").collect(joining())
                        + "\r\n";
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        out.write(request.toByteArray());
        out.flush();
        return readAnswer();
    }

    private Reply readAnswer() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int contentLength = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lowerCase = header.toLowerCase(Locale.ROOT);
            if (lowerCase.startsWith("content-length:")) {
                contentLength = Integer.parseInt(header.substring(15).strip());
            }
            chunked |= lowerCase.startsWith("transfer-encoding: chunked");
        }
        if (chunked) {
            return new Reply(status, chunks());
        }
        byte[] body = in.readNBytes(contentLength);
        if (body.length < contentLength) {
            throw new IOException("the server closed the connection");
        }
        return new Reply(status, new String(body, StandardCharsets.UTF_8));
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int length = chunkLength(); length > 0; length = chunkLength()) {
            body.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
            line();
        }
        line();
        return body.toString();
    }

    private int chunkLength() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the server closed the connection");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
