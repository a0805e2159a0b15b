package io.logpipeline.redis;

import io.logpipeline.testing.TestRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests with one stage for the class, which each of them finds empty. */
abstract class ClaimStageTests {
    static ClaimStage stage;

    @BeforeAll
    static void connect() {
        stage = new ClaimStage(TestRedis.emptyUrl());
    }

    @AfterAll
    static void disconnect() {
        stage.close();
    }

    @BeforeEach
    void empty() {
        stage.empty();
    }
}
