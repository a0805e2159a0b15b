package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

/** What a URL says of who is to be let in, and where. */
class RedisServerTest {
    private static final String RESERVED = "p%40s%3As%2Fw%3Fo%23r%26d%3B1%2C2%252B+%C3%A4";
    private static final String RESERVED_DECODED = "p@s:s/w?o#r&d;1,2%2B+ä";

    private static RedisURI only(String url) {
        return RedisServer.at(url).nodes().getFirst();
    }

    private static String login(RedisURI uri) {
        RedisCredentials credentials = uri.getCredentialsProvider().resolveCredentials().block();
        return credentials.hasPassword()
                ? credentials.getUsername() + " " + new String(credentials.getPassword())
                : "nobody";
    }

    @Test
    void sentinelsStandBeforeOneServer() {
        for (String scheme : List.of("redis-sentinel://", "rediss-sentinel://")) {
            RedisServer server = RedisServer.at(scheme + "one:1,two:2,three#main");
            assertThat(server.topology()).isEqualTo(Topology.ONE_SERVER);
            assertThat(server.nodes().getFirst().getSentinelMasterId()).isEqualTo("main");
            assertThat(server.nodes().getFirst().getSentinels())
                    .extracting(each -> each.getHost() + ":" + each.getPort())
                    .containsExactly("one:1", "two:2", "three:26379");
        }
    }

    @Test
    void sentinelsSpeakTlsWhereTheirServerDoes() {
        RedisURI plain = only("redis-sentinel://one,two#main");
        assertThat(plain.isSsl()).isFalse();
        assertThat(plain.getSentinels()).noneMatch(RedisURI::isSsl);
        RedisURI tls = only("rediss-sentinel://one,two#main");
        assertThat(tls.isSsl()).isTrue();
        assertThat(tls.getSentinels()).allMatch(RedisURI::isSsl);
    }

    @Test
    void userAndPasswordAreTheServersAndNotTheSentinels() {
        RedisURI uri = only("redis-sentinel://user:s3cr3t@one,two#main");
        assertThat(login(uri)).isEqualTo("user s3cr3t");
        assertThat(uri.getSentinels()).extracting(RedisServerTest::login).containsOnly("nobody");
    }

    @Test
    void everySentinelGetsTheSentinelsPassword() {
        RedisURI uri = only("redis-sentinel://user:s3cr3t@one,two?sentinelPassword=0ther#main");
        assertThat(login(uri)).isEqualTo("user s3cr3t");
        assertThat(uri.getSentinels())
                .extracting(RedisServerTest::login)
                .containsExactly("null 0ther", "null 0ther");
        assertThat(uri.getSentinelMasterId()).isEqualTo("main");
        assertThat(login(only("redis-sentinel://one?sentinelPassword=0ther#main")))
                .isEqualTo("nobody");
    }

    @Test
    void sentinelsMayKnowUsers() {
        RedisURI uri = only("rediss-sentinel://one?sentinelPassword=0ther&sentinelUser=me#main");
        assertThat(uri.getSentinels())
                .extracting(RedisServerTest::login)
                .containsExactly("me 0ther");
    }

    @Test
    void reservedCharactersArePercentEncoded() {
        RedisURI uri =
                only(
                        "redis-sentinel://user:"
                                + RESERVED
                                + "@one,two?sentinelPassword="
                                + RESERVED
                                + "&sentinelUser=a%3Ab#main");
        assertThat(login(uri)).isEqualTo("user " + RESERVED_DECODED);
        assertThat(uri.getSentinels())
                .extracting(RedisServerTest::login)
                .containsExactly("a:b " + RESERVED_DECODED, "a:b " + RESERVED_DECODED);
        assertThat(uri.getSentinels()).extracting(RedisURI::getHost).containsExactly("one", "two");

        for (String url : List.of("redis://user:%s@one", "redis://user:%s@one:1,two:2")) {
            assertThat(RedisServer.at(url.formatted(RESERVED)).nodes())
                    .extracting(RedisServerTest::login)
                    .containsOnly("user " + RESERVED_DECODED);
        }
    }

    @Test
    void whatIsInThePasswordIsNoOtherParameter() {
        RedisURI uri =
                only(
                        "redis-sentinel://one?db=3&sentinelPassword=x%26timeout%3D7s%3Bdb%3D9"
                                + "&timeout=5s#main");
        assertThat(uri.getDatabase()).isEqualTo(3);
        assertThat(uri.getTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(uri.getSentinels())
                .extracting(RedisServerTest::login)
                .containsExactly("null x&timeout=7s;db=9");
    }

    /** By reflection: those of another Lettuce, too. */
    @Test
    void everyParameterThatLettuceKnowsIsAllowed() throws Exception {
        int known = 0;
        for (Field field : RedisURI.class.getFields()) {
            if (field.getName().startsWith("PARAMETER_NAME_")) {
                String name = (String) field.get(null);
                // A value without a meaning, which none of them minds.
                RedisServer.at("redis://one?&" + name + "=").validate();
                known++;
            }
        }
        assertThat(known).isGreaterThan(5);
        RedisServer.at("redis://one:1,two:2?TimeOut=5s;verifypeer=full").validate();
        RedisServer.at("redis-sentinel://one?SENTINELUSER=me&sentinelpassword=x#a").validate();
    }

    @Test
    void aParameterThatNobodyKnowsIsNamedWithoutItsValue() {
        refusal("redis-sentinel://one?sentinelPasword=s3cr3t#main")
                .isEqualTo("redis.url: unknown parameter sentinelPasword");
        refusal("redis://one:1,two:2?timeout=5s;Verify=s3cr3t&other=1")
                .isEqualTo("redis.url: unknown parameter Verify");
        refusal("rediss://one?DB=3").isEqualTo("redis.url: unknown parameter DB");
    }

    @Test
    void whatMayBePartOfAPasswordIsNotNamed() {
        for (String query : List.of("s3cr3t", "=s3cr3t", "s3cr3t=x", "timeout", "se%63ret=x")) {
            refusal("redis://one?" + query)
                    .isEqualTo("redis.url: unknown parameter (not a plain name=value)");
        }
        for (String url :
                List.of(
                        "redis-sentinel://one?sentinelPassword=x&secret=y#main",
                        "redis-sentinel://one?SentinelPassword=x;secret=y#main",
                        "redis://user:6379?secret=y@one:1")) {
            refusal(url)
                    .startsWith("redis.url: unknown parameter behind a password, in which")
                    .doesNotContain("secret");
        }
        for (String url :
                List.of(
                        "redis-sentinel://one#main?sentinelPasword=s3cr3t",
                        "redis-sentinel://one#main;s3cr3t")) {
            refusal(url)
                    .startsWith("redis.url: behind the # comes the name, and nothing else")
                    .doesNotContain("s3cr3t");
        }
        refusal("redis://user:x#s3cr3t@one:1").isEqualTo("redis.url: # in a password is %23");
    }

    private static AbstractStringAssert<?> refusal(String url) {
        return assertThatThrownBy(() -> RedisServer.at(url).validate())
                .isInstanceOf(IllegalStateException.class)
                .message();
    }

    @Test
    void noSecretIsShown() {
        RedisServer server =
                RedisServer.at(
                        "redis-sentinel://:s3cr3t@one?sentinelUser=m3&sentinelPassword=0ther#main");
        RedisURI uri = server.nodes().getFirst();
        assertThat(server + " " + uri + " " + uri.getSentinels() + " " + uri.toURI())
                .doesNotContain("s3cr3t", "0ther");
    }
}
