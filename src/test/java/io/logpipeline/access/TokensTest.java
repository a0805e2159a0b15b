package io.logpipeline.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tokens file may hold. */
class TokensTest {
    private static final String FIRST = "first-token-of-16";
    private static final String SECOND = "U2Vjb25kVG9rZW4+/w==";

    private static Tokens parse(String content) throws UnusableFile {
        return Tokens.parse(Path.of("tokens"), content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void eachLineIsATokenWithOrWithoutAName() throws Exception {
        Tokens tokens = parse("# who may post\n\n" + FIRST + "\r\n  shop.eu:" + SECOND + "  \n");

        assertThat(tokens.contain(FIRST)).isTrue();
        assertThat(tokens.contain(SECOND)).isTrue();
        assertThat(tokens.contain("shop.eu:" + SECOND)).isFalse();
        assertThat(tokens.contain(FIRST + "x")).isFalse();
        assertThat(tokens.contain(FIRST.substring(1))).isFalse();
        assertThat(tokens.contain("")).isFalse();
        assertThat(tokens.contain("# who may post")).isFalse();
    }

    @Test
    void theLogShowsNamesAndNoToken() throws Exception {
        assertThat(parse(FIRST + "\nshop:" + SECOND)).hasToString("tokens=2 names=shop");
        assertThat(parse(FIRST)).hasToString("tokens=1 names=none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "too-short",
                "with a blank in it s3cr3t",
                "name with blank:s3cr3t-s3cr3t-s3cr3t",
                "a:b:s3cr3t-s3cr3t-s3cr3t",
                "s3cr3t-s3cr3t-s3cr3t, s3cr3t-s3cr3t-s3cr3t",
                "s3cr3t-s3cr3t-s3cr3té",
                "=s3cr3t-s3cr3t-s3cr3t",
                ":s3cr3t-s3cr3t-s3cr3t"
            })
    void aLineThatIsNoTokenIsNamedByItsNumberAndNotQuoted(String line) {
        assertThatThrownBy(() -> parse(FIRST + "\n" + line))
                .isInstanceOf(UnusableFile.class)
                .hasMessageStartingWith("tokens: line 2: expected token or name:token")
                .message()
                .doesNotContain("s3cr3t", "too-short");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n"})
    void aFileWithoutTokensIsRefused(String content) {
        assertThatThrownBy(() -> parse(content))
                .hasMessage("tokens: holds no token: nobody could post");
    }

    @Test
    void tooManyTokensAreRefused() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            lines.append("token-number-").append(10_000 + i).append('\n');
        }
        assertThat(parse(lines.toString()).contain("token-number-10999")).isTrue();
        assertThatThrownBy(() -> parse(lines + FIRST)).hasMessageContaining("more than 1000");
    }
}
