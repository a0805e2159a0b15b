package io.logpipeline.testing;

import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.RedisLink;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The connections of a class to {@link TestRedis}, which each of its tests finds empty. */
public final class SharedRedis implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private ConnectedRedis connected;

    @Override
    public void beforeAll(ExtensionContext context) {
        connected = ConnectedRedis.to(TestRedis.emptyUrl());
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        connected.flushAll();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        connected.close();
    }

    /** See {@link ConnectedRedis#link}. */
    public RedisLink link() {
        return connected.link();
    }

    /** See {@link ConnectedRedis#server}. */
    public RedisCommands<String, String> server() {
        return connected.server();
    }

    /** See {@link ConnectedRedis#list}. */
    public List<String> list(String key) {
        return connected.list(key);
    }

    /** See {@link ConnectedRedis#flushAll}. */
    public void flushAll() throws RedisFailure, InterruptedException {
        connected.flushAll();
    }

    /** See {@link ConnectedRedis#pauseWrites}. */
    public void pauseWrites() {
        connected.pauseWrites();
    }

    /** See {@link ConnectedRedis#unpauseWrites}. */
    public void unpauseWrites() {
        connected.unpauseWrites();
    }
}
