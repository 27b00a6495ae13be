// Whom a conversation can be given to: a person, a team, or whoever of a team is next.
import RotateCw from "lucide-react/dist/esm/icons/rotate-cw.mjs";
import UserX from "lucide-react/dist/esm/icons/user-x.mjs";
import Users from "lucide-react/dist/esm/icons/users.mjs";
import { MenuChoice, MenuHeading, MenuItem, MenuSeparator } from "$/public/external/pages/components/menu/menu.jsx";
import { Avatar, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

// As wide as the faces over and under it, so that the words stand in one line.
function Picture({ as }) {
  return (
    <span className="inline-flex size-6 shrink-0 items-center justify-center text-muted">
      <Icon as={as} />
    </span>
  );
}

export function AssignChoices({ team, teams, me, assignee, teamId, words, onPick, onTeam }) {
  const mates = [...team].sort((a, b) => (a.id === me ? -1 : b.id === me ? 1 : a.name.localeCompare(b.name)));
  return (
    <>
      <MenuHeading>{words.ASSIGN}</MenuHeading>
      {mates.map((mate) => (
        <MenuChoice key={mate.id} checked={assignee === mate.id} onSelect={() => onPick(mate.id)}>
          <Avatar name={mate.name} size="sm" />
          {mate.id === me ? words.ME.replace("{name}", mate.name) : mate.name}
        </MenuChoice>
      ))}
      <MenuChoice checked={!assignee} onSelect={() => onPick("")}>
        <Picture as={UserX} />
        {words.NOBODY}
      </MenuChoice>
      {teams.length ? (
        <>
          <MenuSeparator />
          <MenuHeading>{words.TEAMS}</MenuHeading>
          {teams.map((one) => (
            <MenuChoice key={one.id} checked={teamId === one.id} onSelect={() => onTeam(teamId === one.id ? "" : one.id, false)}>
              <Picture as={Users} />
              {one.name}
            </MenuChoice>
          ))}
          <MenuSeparator />
          <MenuHeading>{words.IN_TURN}</MenuHeading>
          {teams.map((one) => (
            <MenuItem key={one.id} onSelect={() => onTeam(one.id, true)}>
              <Picture as={RotateCw} />
              {words.NEXT_OF.replace("{team}", one.name)}
            </MenuItem>
          ))}
        </>
      ) : null}
    </>
  );
}
