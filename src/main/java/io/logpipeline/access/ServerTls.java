package io.logpipeline.access;

import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.common.tls.TlsConfig;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The listener's certificate and key, and whose clients it takes.
 *
 * @param certificateEnd when the certificate expires
 */
public record ServerTls(Tls tls, Instant certificateEnd) {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /**
     * The PEM files.
     *
     * @param certificate the server's, and those between it and its authority
     * @param privateKey in PKCS #8, without a passphrase
     * @param clientAuthority who must have signed the certificate of each client; without it,
     *     clients need none
     */
    public record PemFiles(Path certificate, Path privateKey, Optional<Path> clientAuthority) {}

    /**
     * What the files say at the moment.
     *
     * @throws UnusableFile when they hold no certificate, no key, or a key of another certificate
     */
    public static FileWatch<ServerTls> in(PemFiles files) throws UnusableFile {
        List<WatchedFile> watched = new ArrayList<>();
        watched.add(new WatchedFile(files.certificate(), false));
        watched.add(new WatchedFile(files.privateKey(), true));
        files.clientAuthority().ifPresent(path -> watched.add(new WatchedFile(path, false)));
        return new FileWatch<>("TLS certificate", watched, contents -> read(files, contents));
    }

    private static ServerTls read(PemFiles files, List<byte[]> contents) throws UnusableFile {
        List<X509Certificate> chain = certificates(files.certificate(), contents.get(0));
        PrivateKey key = privateKey(files.privateKey(), contents.get(1));
        if (!belongTogether(chain.getFirst(), key)) {
            throw new UnusableFile(
                    files.privateKey(), "is not the key of the certificate " + files.certificate());
        }
        TlsConfig.Builder tls =
                Tls.builder()
                        .privateKey(key)
                        .privateKeyCertChain(chain)
                        .enabledProtocols(PROTOCOLS);
        if (files.clientAuthority().isPresent()) {
            tls.trust(certificates(files.clientAuthority().get(), contents.get(2)))
                    .clientAuth(TlsClientAuth.REQUIRED);
        }
        try {
            return new ServerTls(tls.build(), chain.getFirst().getNotAfter().toInstant());
        } catch (RuntimeException unusable) {
            throw new UnusableFile(files.certificate(), "is of no use for TLS");
        }
    }

    private static List<X509Certificate> certificates(Path path, byte[] content)
            throws UnusableFile {
        try {
            List<X509Certificate> certificates =
                    Keys.builder()
                            .pem(pem -> pem.certificates(Resource.create("PEM", content)))
                            .build()
                            .certs();
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (RuntimeException unreadable) {
            // Said below: the library's words may quote the file.
        }
        throw new UnusableFile(path, "holds no certificate in PEM");
    }

    private static PrivateKey privateKey(Path path, byte[] content) throws UnusableFile {
        try {
            Optional<PrivateKey> key =
                    Keys.builder()
                            .pem(pem -> pem.key(Resource.create("PEM", content)))
                            .build()
                            .privateKey();
            if (key.isPresent()) {
                return key.get();
            }
        } catch (RuntimeException unreadable) {
            // Said below: the library's words may quote the file.
        }
        throw new UnusableFile(path, "holds no private key in PEM, PKCS #8, without a passphrase");
    }

    /** The two may be replaced one after the other: in between, no client could connect. */
    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        byte[] probe = {1, 2, 3};
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(probe);
            return verifier.verify(signer.sign());
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "valid_until=" + certificateEnd;
    }
}
