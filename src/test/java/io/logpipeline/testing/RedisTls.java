package io.logpipeline.testing;

import io.logpipeline.redis.RedisServer;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Servers, Sentinels and clients that ask each other for certificates of one authority. */
public final class RedisTls {
    private final Certificates certificates = new Certificates();
    private final Path directory;
    private final Path authority;
    private final Path client;

    /**
     * @param directory for keys and certificates
     */
    public RedisTls(Path directory) throws IOException {
        this.directory = directory;
        authority = certificates.authorityFile(directory);
        client = Certificates.write(directory, "client", certificates.sign("client"));
    }

    /** Of a server or Sentinel at 127.0.0.1, by their names in its file. */
    public Map<String, String> settings() throws IOException {
        return settings("redis", certificates.sign("redis"));
    }

    /** Of one that is known by this name only, and not by its address. */
    public Map<String, String> settings(String host) throws IOException {
        return settings(host, certificates.signName(host));
    }

    private Map<String, String> settings(String name, X509Bundle bundle) throws IOException {
        Path certificate = Certificates.write(directory, name, bundle);
        return Map.of(
                "tls-ca-cert-file",
                authority.toString(),
                RedisProcess.TLS,
                certificate.toString(),
                "tls-key-file",
                Certificates.keyOf(certificate).toString(),
                "tls-replication",
                "yes");
    }

    /** The same as on a server's command line. */
    public static Stream<String> options(Map<String, String> settings) {
        return settings.entrySet().stream()
                .flatMap(each -> Stream.of("--" + each.getKey(), each.getValue()));
    }

    /** What the pipeline must be told. */
    public Map<String, String> environment() {
        return Map.of(
                "REDIS_TLS_CA_FILE",
                authority.toString(),
                "REDIS_TLS_CERTIFICATE_FILE",
                client.toString(),
                "REDIS_TLS_PRIVATE_KEY_FILE",
                Certificates.keyOf(client).toString());
    }

    /** The same for a link of this process. */
    public RedisServer at(String url) throws IOException {
        return new RedisServer(
                url,
                Optional.of(Files.readAllBytes(authority)),
                Optional.of(Files.readAllBytes(client)),
                Optional.of(Files.readAllBytes(Certificates.keyOf(client))));
    }
}
