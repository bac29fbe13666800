package io.github.lifebelt.apps.benchmarks.fleet;

/**
 * One case of the model.
 *
 * @param replicas of the service
 * @param pooler whether they connect by way of one
 * @param gate the constants of each pool
 * @param around the database and the service
 * @param seed the same seed gives the same figures
 */
public record FleetPlan(int replicas, boolean pooler, GateConstants gate, Surroundings around, long seed) {}
