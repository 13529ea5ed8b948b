"""Words that are common in news of conflict and crisis, whatever the happening: they tell little here.

The background was counted over general news of one country; a desk that reads crises meets "earthquake" daily.
"""

from __future__ import annotations

SHARE = 40.0
"""In how many of a thousand reports each is taken to stand."""

WORDS = """
accuse aftershock aftershocks agency aid air aircraft airstrike ambush ammunition anti-aircraft april area
armed army artillery assault attack attacked attacker attackers august authorities base battalion battle blame
blast blasts bodies body bomb bombard bombardment bombed bombing bombs border brigade building buildings
bullet bullets buried burned camp captured casualties cause ceasefire central ceremony checkpoint child
children civil civilian civilians claim clash clashes coast coastguard collapse collapsed collided collision
colonel combat commander convoy cordon corpses crash crashed crew crossing curfew cyclone damage damaged dawn
dead death december defence defense denied deny destroyed detained died disaster displaced district doctors
drone drones early earthquake eastern embassy emergency enclave enemy epicentre escalation evacuated
evacuation evening execution explosion explosions explosive factory february fighter fighters fighting fire
fired firefighters flame flames fled flood flooded floods forces foreign fragments friday frontline funeral
general governor grenade guard guards guerrilla guerrillas gunfire gunman gunmen guns helicopter hit hospital
hospitals hostage hostages hours house houses humanitarian hurt incident infantry inhabitants injured injuring
injury inquiry insurgents interior investigation investigators islamist january jet jets july june kidnapped
kidnapping kill killed killing landslide late launched launcher magnitude march marines massacre mayor medic
medics militant militants military militia militiamen mine mines minister ministry missile missiles missing
mobile monday morning mortar mortars mosque movement munitions navy night northern november october offensive
officer officers operation opposition ordered outbreak outpost overnight paramilitary passenger passengers
patients patrol peace peacekeepers people police policeman port position positions post power president prime
prisoners province quake raid raided railway rammed rebel rebels recaptured region regional relatives released
repelled rescue rescued rescuer rescuers resident residential residents responsibility rocket rockets rubble
ruins sailor sailors saturday scene school search searched seized separatist separatists september servicemen
settlement shell shelled shelling shells ship ships shooting shot shrapnel siege sirens soldier soldiers
southern spokesman spokesperson spokeswoman squad staff station stretcher strike strikes struck suicide sunday
survivor survivors suspect suspected tank tanker tanks target targeted tent tents territory terrorist
terrorists thursday toll tonnes town towns traders trapped tremor trench troops truce tsunami tuesday unit
units vehicle vehicles vessel vessels victim victims village villager villagers villages violated violating
violence volunteers warhead warplanes warships weapon weapons wednesday western wire wounded wounding wounds
wreck wreckage
"""
