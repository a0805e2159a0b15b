package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.Certificates;
import io.logpipeline.testing.FreePort;
import io.logpipeline.testing.RedisProcess;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port with TLS, with and without certificates of its clients. */
class TlsTest {
    private static final String EVENT =
            "{\"user_id\":\"123\",\"event\":\"clicked_button\",\"timestamp\":1712345678}";

    @TempDir private Path directory;

    private final Certificates certificates = new Certificates();
    private RedisProcess redis;
    private Path certificate;

    @BeforeEach
    void start() throws IOException {
        redis = RedisProcess.start();
        certificate = Certificates.write(directory, "server", certificates.sign("first"));
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    /** An API with TLS, and with settings in pairs: environment variable, value. */
    private StartedPipeline withTls(String... more) {
        return StartedPipeline.with(redis.url())
                .set("SERVER_TLS_CERTIFICATE_FILE", certificate.toString())
                .set("SERVER_TLS_PRIVATE_KEY_FILE", Certificates.keyOf(certificate).toString())
                .set(more)
                .start(directory);
    }

    private StartedPipeline withClientCertificates(String... more) throws IOException {
        String authority = certificates.authorityFile(directory).toString();
        String[] all = Arrays.copyOf(more, more.length + 2);
        all[more.length] = "SERVER_TLS_CLIENT_CA_FILE";
        all[more.length + 1] = authority;
        return withTls(all);
    }

    private static HttpResponse<String> post(SSLContext context, int port) throws Exception {
        return send(
                context,
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/log"))
                        .POST(HttpRequest.BodyPublishers.ofString(EVENT)));
    }

    private static HttpResponse<String> send(SSLContext context, HttpRequest.Builder request)
            throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            return client.send(
                    request.timeout(Duration.ofSeconds(60)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static void awaitStored(SSLContext context, int port) {
        Await.until("it is stored", () -> post(context, port).statusCode() == 200);
    }

    private long stored() {
        return redis.<Long>with(server -> server.llen("logs:user_123:19818"));
    }

    private static BigInteger serial(SSLContext context, int port) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber();
        }
    }

    private static String readAll(Socket socket) throws IOException {
        socket.setSoTimeout(120_000);
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException | SSLException reset) {
            return "";
        }
    }

    @Test
    void thePortSpeaksTlsAndNothingElse() throws Exception {
        try (StartedPipeline api = withTls();
                Socket plain = new Socket("127.0.0.1", api.port())) {
            awaitStored(certificates.context(), api.port());
            assertThatThrownBy(() -> post(new Certificates().context(), api.port()))
                    .as("a client that trusts somebody else")
                    .isInstanceOf(IOException.class);

            String head = "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: " + EVENT.length();
            plain.getOutputStream()
                    .write((head + "\r\n\r\n" + EVENT).getBytes(StandardCharsets.US_ASCII));
            assertThat(readAll(plain)).doesNotContain("HTTP/1.1 200");
            assertThat(stored()).isEqualTo(1);
        }
    }

    @Test
    void aClientMustShowACertificateOfTheAuthority() throws Exception {
        try (StartedPipeline api = withClientCertificates()) {
            awaitStored(certificates.context(certificates.sign("client")), api.port());

            assertThatThrownBy(() -> post(certificates.context(), api.port()))
                    .isInstanceOf(IOException.class);
            X509Bundle stranger = new Certificates().sign("client");
            assertThatThrownBy(() -> post(certificates.context(stranger), api.port()))
                    .isInstanceOf(IOException.class);
            assertThat(stored()).isEqualTo(1);
        }
    }

    @Test
    void theObservePortOfItsOwnIsOpenToProbes() throws Exception {
        int observe = FreePort.next();
        try (StartedPipeline api =
                withClientCertificates("OBSERVE_PORT", Integer.toString(observe))) {
            URI ready = URI.create("http://127.0.0.1:" + observe + "/health/ready");
            Await.until(
                    "it is ready",
                    () ->
                            send(certificates.context(), HttpRequest.newBuilder(ready)).statusCode()
                                    == 200);
            assertThat(stored()).isZero();
            assertThat(api.port()).isNotEqualTo(observe);
        }
    }

    @Test
    void aRenewedCertificateIsShownWithoutARestart() throws Exception {
        X509Bundle renewed = certificates.sign("second");
        BigInteger newSerial = renewed.getCertificate().getSerialNumber();
        try (StartedPipeline api = withTls()) {
            assertThat(serial(certificates.context(), api.port())).isNotEqualTo(newSerial);

            Certificates.write(directory, "server", renewed);
            Await.until(
                    "the new one is shown",
                    () -> serial(certificates.context(), api.port()).equals(newSerial));
            awaitStored(certificates.context(), api.port());
        }
    }

    @Test
    void aKeyOfAnotherCertificateStopsTheStart() throws Exception {
        Path other = Certificates.write(directory, "other", certificates.sign("other"));
        String key = Certificates.keyOf(other).toString();
        assertThatThrownBy(() -> withTls("SERVER_TLS_PRIVATE_KEY_FILE", key))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("other.key: is not the key of the certificate");
        Files.writeString(Path.of(key), "s3cr3t");
        assertThatThrownBy(() -> withTls("SERVER_TLS_PRIVATE_KEY_FILE", key))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("other.key: holds no private key in PEM")
                .message()
                .doesNotContain("s3cr3t");
    }

    @Test
    void clientsThatDoNotGoOnAreCutOff() throws Exception {
        try (StartedPipeline api =
                        withTls(
                                "SERVER_IDLE_TIMEOUT_SECONDS",
                                "5",
                                "SERVER_BODY_TIMEOUT_SECONDS",
                                "1");
                Socket silent = new Socket("127.0.0.1", api.port())) {
            assertThat(readAll(silent)).as("no handshake").isEmpty();

            String half = "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{";
            try (Socket slow = connect(api.port())) {
                slow.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
                assertThat(readAll(slow)).as("half a body").doesNotContain("HTTP/1.1 200");
            }
        }
    }

    private Socket connect(int port) throws IOException {
        return certificates.context().getSocketFactory().createSocket("127.0.0.1", port);
    }
}
