package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The header of each Lua file against its code: what it says is what it does. */
class ScriptHeadersTest {
    private static final Set<String> READING =
            Set.of(
                    "XRANGE", "XLEN", "XINFO", "TIME", "GET", "EXISTS", "TYPE", "LLEN", "LRANGE",
                    "HGET");

    private static String shebang(Script script) {
        return script.source().lines().findFirst().orElseThrow();
    }

    private static List<String> header(Script script) {
        return script.source().lines().skip(1).takeWhile(line -> line.startsWith("--")).toList();
    }

    private static String code(Script script) {
        return script.source()
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst("--.*", ""))
                .collect(Collectors.joining("\n"));
    }

    private static Set<String> found(String regex, String text) {
        return Pattern.compile(regex, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map((MatchResult each) -> each.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> stated(String regex, Script script) {
        return found(regex, String.join("\n", header(script)));
    }

    @ParameterizedTest
    @EnumSource
    void everyHeaderOpensWithASentence(Script script) {
        assertThat(header(script)).isNotEmpty();
        assertThat(header(script).getFirst()).matches("-- [A-Z].*");
    }

    @ParameterizedTest
    @EnumSource
    void everyKeyThatIsUsedIsStatedAndViceVersa(Script script) {
        assertThat(stated("^-- KEYS\\[(\\d+)…?]", script)).isNotEmpty();
        Set<String> stated = stated("^-- KEYS\\[(\\d+)]", script);
        assertThat(stated).isEqualTo(found("KEYS\\[(\\d+)]", code(script)));
    }

    @ParameterizedTest
    @EnumSource
    void keysWithoutEndAreStatedWhereTheCodeTakesThemAll(Script script) {
        boolean stated = !stated("^-- KEYS\\[(\\d+)…]", script).isEmpty();
        assertThat(stated).isEqualTo(!found("(KEYS\\[[a-z])", code(script)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void everyArgumentThatIsUsedIsStatedAndViceVersa(Script script) {
        Set<String> stated = stated("^-- ARGV\\[(\\d+)]", script);
        assertThat(stated).isEqualTo(found("ARGV\\[(\\d+)]", code(script)));
    }

    @ParameterizedTest
    @EnumSource
    void argumentsWithoutEndAreStatedWhereTheCodeTakesThemAll(Script script) {
        boolean stated = !stated("^-- ARGV\\[(\\d+)…]", script).isEmpty();
        assertThat(stated)
                .isEqualTo(!found("(ARGV\\[[a-z]|unpack\\(ARGV)", code(script)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void statedNumbersHaveNoGaps(Script script) {
        for (String array : List.of("KEYS", "ARGV")) {
            Set<Integer> numbers =
                    stated("^-- " + array + "\\[(\\d+)…?]", script).stream()
                            .map(Integer::valueOf)
                            .collect(Collectors.toCollection(TreeSet::new));
            int last = numbers.size();
            assertThat(numbers).allMatch(number -> number >= 1 && number <= last);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAnswerIsStatedAndViceVersa(Script script) {
        Set<String> stated = stated("^-- \\{\"([A-Z_]+)\"", script);
        Set<String> answered = found("(?:return|local reply =) \\{'([A-Z_]+)'", code(script));
        assertThat(stated).isNotEmpty().isEqualTo(answered);
    }

    @ParameterizedTest
    @EnumSource
    void onlyThePushIsRefusedByAFullRedis(Script script) {
        String flags =
                script == Script.PUSH ? "" : shebang(script).replaceFirst("#!lua flags=", "");
        switch (flags) {
            case "" -> assertThat(shebang(script)).isEqualTo("#!lua");
            case "no-writes" ->
                    assertThat(found("redis\\.p?call\\('(\\w+)'", code(script)))
                            .isSubsetOf(READING);
            default -> assertThat(flags).isEqualTo("allow-oom");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSourceIsTheFileOfThatName(Script script) throws Exception {
        String file = script.name().toLowerCase(Locale.ROOT) + ".lua";
        try (var in = Script.class.getResourceAsStream(file)) {
            assertThat(in).isNotNull();
            assertThat(new String(in.readAllBytes(), "UTF-8")).isEqualTo(script.source());
        }
    }
}
