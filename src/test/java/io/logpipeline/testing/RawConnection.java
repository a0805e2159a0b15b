package io.logpipeline.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A connection over which a test sends any bytes, and reads answers of HTTP/1.1. */
public final class RawConnection implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One answer.
     *
     * @param head status line and headers, in lower case
     */
    public record Answer(int status, String head, String body) {
        /** Whether the server says that it closes the connection. */
        public boolean closes() {
            return head.contains("\nconnection: close");
        }

        /** Every error has the one shape; a success none of it. */
        public Answer assertInShape() {
            if (status == 100 || status == 200) {
                assertThat(body).doesNotContain("\"error\"");
                return this;
            }
            assertThat(head).as(body).contains("\ncontent-type: application/json");
            try {
                JsonNode error = JSON.readTree(body);
                assertThat(error.size()).as(body).isEqualTo(2);
                assertThat(error.path("error").textValue()).as(body).isNotEmpty();
                assertThat(error.path("details").textValue()).as(body).isNotEmpty();
            } catch (IOException malformed) {
                throw new AssertionError("not JSON: " + head + "\n" + body, malformed);
            }
            return this;
        }
    }

    private final Socket socket;
    private final InputStream in;

    public RawConnection(int port) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    public void send(String latin1) throws IOException {
        send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Says that nothing more comes, and goes on listening. */
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** The same, also when the server has closed already. */
    public void finishQuietly() {
        try {
            finish();
        } catch (IOException closed) {
            // There is nobody to tell.
        }
    }

    /** The next answer; empty when the server has closed the connection. */
    public Optional<Answer> read() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                if (head.isEmpty()) {
                    return Optional.empty();
                }
                throw new EOFException("in the head of an answer: " + head);
            }
            head.append((char) b);
        }
        String lowerCase = head.toString().toLowerCase(Locale.ROOT);
        if (!lowerCase.startsWith("http/1.1 ")) {
            throw new IOException("no answer of HTTP/1.1: " + head);
        }
        int status = Integer.parseInt(lowerCase.substring(9, 12));
        int length = contentLength(lowerCase);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("in the body of an answer: " + head);
        }
        return Optional.of(new Answer(status, lowerCase, new String(body, StandardCharsets.UTF_8)));
    }

    private static int contentLength(String head) {
        String name = "\ncontent-length:";
        int start = head.indexOf(name);
        if (start < 0) {
            return 0;
        }
        int end = head.indexOf('\r', start);
        return Integer.parseInt(head.substring(start + name.length(), end).strip());
    }

    /** Whether the server has closed it, as far as is known here; nothing may be under way. */
    public boolean isClosed() throws IOException {
        socket.setSoTimeout(1);
        in.mark(1);
        try {
            boolean closed = in.read() < 0;
            in.reset();
            return closed;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        } finally {
            socket.setSoTimeout(TIMEOUT_MS);
        }
    }

    /** All answers until the server closes, or resets, the connection; a wait too long fails. */
    public List<Answer> readAll() throws IOException {
        List<Answer> answers = new ArrayList<>();
        try {
            for (Optional<Answer> next = read(); next.isPresent(); next = read()) {
                answers.add(next.get());
            }
        } catch (SocketException reset) {
            // A server that closes while bytes are on their way to it: as good as closed.
            return answers;
        }
        return answers;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
