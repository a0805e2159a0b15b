package io.logpipeline.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The bearer tokens that open the door.
 *
 * <p>Invariants: a token itself is kept nowhere, only its digest; a presented one is compared with
 * all of them, whichever fits, so the time taken tells nothing of how close it came.
 */
public final class Tokens {
    /** The characters of RFC 6750, 2.1; a name goes before a colon, which no token has. */
    private static final Pattern LINE =
            Pattern.compile(
                    "(?:(?<name>[A-Za-z0-9_.-]{1,64}):)?(?<token>[A-Za-z0-9._~+/-]{16,512}=*)");

    private static final int TOKENS_MAX = 1_000;

    private record Known(String name, byte[] digest) {}

    private final List<Known> known;

    private Tokens(List<Known> known) {
        this.known = known;
    }

    /**
     * Those of a file, whichever it holds at the moment.
     *
     * @throws UnusableFile when it holds no token, or something else
     */
    public static FileWatch<Tokens> in(Path file) throws UnusableFile {
        return new FileWatch<>(
                "bearer tokens",
                List.of(new WatchedFile(file, true)),
                contents -> parse(file, contents.getFirst()));
    }

    /**
     * Reads a tokens file: one a line, {@code token} or {@code name:token}; empty lines and those
     * that begin with {@code #} say nothing.
     *
     * @param path for the message of a refusal only
     */
    static Tokens parse(Path path, byte[] content) throws UnusableFile {
        List<Known> known = new ArrayList<>();
        int number = 0;
        for (String raw : new String(content, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw new UnusableFile(
                        path,
                        "line "
                                + number
                                + ": expected token or name:token, a token being 16 to 512 of"
                                + " A-Z a-z 0-9 - . _ ~ + /");
            }
            String name = parts.group("name");
            known.add(new Known(name == null ? "" : name, digest(parts.group("token"))));
        }
        if (known.isEmpty()) {
            throw new UnusableFile(path, "holds no token: nobody could post");
        }
        if (known.size() > TOKENS_MAX) {
            throw new UnusableFile(path, "holds more than " + TOKENS_MAX + " tokens");
        }
        return new Tokens(List.copyOf(known));
    }

    /** Whether a presented token is one of these. */
    public boolean contain(String token) {
        byte[] presented = digest(token);
        boolean found = false;
        for (Known each : known) {
            found |= MessageDigest.isEqual(each.digest(), presented);
        }
        return found;
    }

    /** How many, and the names of those that have one. */
    @Override
    public String toString() {
        String names =
                known.stream()
                        .map(Known::name)
                        .filter(name -> !name.isEmpty())
                        .collect(Collectors.joining(","));
        return "tokens=" + known.size() + " names=" + (names.isEmpty() ? "none" : names);
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
