"""Trace and count what happens, in OpenTelemetry's terms; nothing leaves the process unless an endpoint is set."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import metrics, trace
from opentelemetry.util.types import AttributeValue

from backend.core.config import settings

_tracer = trace.get_tracer("magpipe")
_meter = metrics.get_meter("magpipe")

texts = _meter.create_counter("magpipe.texts", description="Text messages by direction and final status")
turns = _meter.create_counter("magpipe.agent_turns", description="Agent turns by outcome")
turn_ms = _meter.create_histogram("magpipe.agent_turn_ms", unit="ms", description="Length of agent turns")
webhooks = _meter.create_counter("magpipe.webhooks", description="Webhooks by source, kind and outcome")


@contextmanager
def span(name: str, attributes: Mapping[str, AttributeValue] | None = None) -> Iterator[trace.Span]:
    """Measure the block as a span under the current one."""
    with _tracer.start_as_current_span(name, attributes=attributes) as current:
        yield current


def start(service: str) -> None:
    """Export spans and metrics over OTLP/HTTP when OTEL_EXPORTER_OTLP_ENDPOINT is set; otherwise do nothing."""
    endpoint = settings().otel_exporter_otlp_endpoint.rstrip("/")
    if not endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": f"magpipe-{service}"})
    tracer_provider = TracerProvider(resource=resource)
    tracer_provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    trace.set_tracer_provider(tracer_provider)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics"))
    metrics.set_meter_provider(MeterProvider(resource=resource, metric_readers=[reader]))
