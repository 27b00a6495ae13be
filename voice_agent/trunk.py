"""Have LiveKit's SIP service bring the carrier's calls to us: a trunk with a login of ours, and a rule for us."""

import asyncio

from aiohttp import ClientError
from livekit import api

from voice_agent import gateway
from voice_agent.legs import livekit_room

# LiveKit may be started after us, or away for a while; until then no call comes in by it.
_AGAIN_S = 10.0


async def keep_up() -> None:
    """See to the trunk and the rule, again and again until LiveKit has them."""
    while True:
        try:
            await introduce()
            return
        except (api.TwirpError, ClientError, OSError, TimeoutError) as error:
            gateway.log.error("voice.trunk_not_made", error=str(error))
        await asyncio.sleep(_AGAIN_S)


async def introduce() -> None:
    """Make the trunk and the rule where they are not there, and have the trunk ask for the login that is ours now.

    Raises `TwirpError`, or what a connection raises, where LiveKit does not take them.
    """
    user, password = gateway.sip_login()
    wanted = api.SIPInboundTrunkInfo(
        name=gateway.ROOM_AGENT,
        auth_username=user,
        auth_password=password,
        headers_to_attributes=gateway.SIP_HEADERS,
    )
    async with livekit_room.server() as livekit:
        trunks = (await livekit.sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest())).items
        trunk = next((one for one in trunks if one.name == gateway.ROOM_AGENT), None)
        if trunk is None:
            trunk = await livekit.sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=wanted))
        elif not _is_as(trunk, wanted):
            # Our secret or the service's address are others than when it was made: the carrier shows another login.
            trunk = await livekit.sip.update_inbound_trunk(trunk.sip_trunk_id, wanted)
        rules = (await livekit.sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest())).items
        if not any(one.name == gateway.ROOM_AGENT and trunk.sip_trunk_id in one.trunk_ids for one in rules):
            rule = api.SIPDispatchRuleInfo(
                name=gateway.ROOM_AGENT,
                trunk_ids=[trunk.sip_trunk_id],
                rule=api.SIPDispatchRule(dispatch_rule_individual=api.SIPDispatchRuleIndividual(room_prefix="call-")),
                room_config=api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=gateway.ROOM_AGENT)]),
            )
            await livekit.sip.create_dispatch_rule(api.CreateSIPDispatchRuleRequest(dispatch_rule=rule))


def _is_as(trunk: api.SIPInboundTrunkInfo, wanted: api.SIPInboundTrunkInfo) -> bool:
    """Return whether a trunk lets in who it should, with the headers that name a call."""
    return ((trunk.auth_username, trunk.auth_password) == (wanted.auth_username, wanted.auth_password)) and dict(
        trunk.headers_to_attributes
    ) == dict(wanted.headers_to_attributes)
